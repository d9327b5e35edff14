namespace TransactionalMail;

/// <summary>What became of a mail for one recipient.</summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Status">The outcome.</param>
/// <param name="TransportName">The transport that gave it, or <see langword="null"/> where none was asked.</param>
/// <param name="ProviderMessageId">The provider's own id of the mail, or <see langword="null"/>.</param>
/// <param name="Diagnostic">The relay's answer on one line, without addresses and secrets, or <see langword="null"/>.</param>
public sealed record RecipientOutcome(EmailAddress Recipient, RecipientStatus Status, string? TransportName, string? ProviderMessageId, string? Diagnostic)
{
    /// <summary>Gets the relay's or provider's own code for this recipient: <c>550</c>, <c>InactiveRecipient</c>.</summary>
    /// <value>The default is <see langword="null"/>: it gave none, or the refusal is not the relay's.</value>
    public string? ProviderCode { get; init; }

    /// <summary>Gets the enhanced status code (RFC 3463), such as <c>5.1.1</c>.</summary>
    public string? EnhancedCode { get; init; }

    /// <summary>Returns status and transport, never the address.</summary>
    public override string ToString() => $"RecipientOutcome {{ Status: {Status}, Transport: {TransportName ?? "none"} }}";
}
