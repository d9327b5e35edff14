namespace TransactionalMail;

/// <summary>No relay took the mail over for this recipient, and nobody will try again.</summary>
public sealed record MailFailed : MailEvent
{
    /// <summary>Gets why, in terms of what helps.</summary>
    /// <value>The default is <see langword="null"/>: no attempt was made, as with a mail that became stale, or the cause is of no such kind.</value>
    public TransportFailure? Failure { get; init; }

    /// <summary>Gets the relay's or provider's own code: <c>550</c>, <c>InactiveRecipient</c>.</summary>
    public string? ProviderCode { get; init; }

    /// <summary>Gets the enhanced status code (RFC 3463), such as <c>5.1.1</c>.</summary>
    public string? EnhancedCode { get; init; }

    /// <summary>Gets the relay's answer on one line, without addresses and secrets.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Gets whether the mail may have gone out all the same: its content was sent and the answer was lost.</summary>
    public bool MayHaveBeenAccepted { get; init; }
}
