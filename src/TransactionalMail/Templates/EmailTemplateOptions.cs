namespace TransactionalMail;

/// <summary>Where templates are and how much a rendering may cost.</summary>
public sealed class EmailTemplateOptions
{
    /// <summary>Gets or sets the folder that holds the templates; relative to the application's base directory.</summary>
    public string? Folder { get; set; }
}
