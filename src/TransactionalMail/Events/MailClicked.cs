namespace TransactionalMail;

/// <summary>Somebody or something followed a link of the mail.</summary>
public sealed record MailClicked : MailEvent
{
    /// <summary>Gets the link as the provider reports it. It may hold secrets, as links to reset a password do.</summary>
    public required string Url { get; init; }
}
