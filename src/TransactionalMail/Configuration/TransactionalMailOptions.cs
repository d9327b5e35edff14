namespace TransactionalMail;

/// <summary>The settings of the whole library.</summary>
public sealed class TransactionalMailOptions
{
    /// <summary>Gets or sets the author of mail that names none: <c>Acme &lt;no-reply@acme.example&gt;</c>.</summary>
    public string? From { get; set; }

    /// <summary>Gets the DKIM keys.</summary>
    public IList<DkimOptions> Dkim { get; } = [];

    /// <summary>Gets the settings of templates.</summary>
    public EmailTemplateOptions Templates { get; } = new();
}
