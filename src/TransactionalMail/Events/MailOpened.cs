namespace TransactionalMail;

/// <summary>Somebody or something loaded the mail's tracking image.</summary>
public sealed record MailOpened : MailEvent
{
    /// <summary>Gets whether a machine is known to have done it, such as a privacy proxy that fetches every image.</summary>
    /// <value>The default is <see langword="false"/>: not known.</value>
    public bool IsMachine { get; init; }
}
