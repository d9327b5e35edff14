namespace TransactionalMail;

/// <summary>The mail was not sent to this recipient, who is on a suppression list: ours or the provider's.</summary>
public sealed record MailSuppressed : MailEvent
{
    /// <summary>Gets why the recipient is on the list.</summary>
    /// <value>The default is <see langword="null"/>: the provider does not say.</value>
    public SuppressionReason? Reason { get; init; }
}
