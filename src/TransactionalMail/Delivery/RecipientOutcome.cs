namespace TransactionalMail;

/// <summary>What became of a mail for one recipient.</summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Status">The outcome.</param>
/// <param name="TransportName">The transport that gave it, or <see langword="null"/> where none was asked.</param>
/// <param name="ProviderMessageId">The provider's own id of the mail, or <see langword="null"/>.</param>
/// <param name="Diagnostic">The relay's answer on one line, without addresses and secrets, or <see langword="null"/>.</param>
public sealed record RecipientOutcome(EmailAddress Recipient, RecipientStatus Status, string? TransportName, string? ProviderMessageId, string? Diagnostic)
{
    /// <summary>Returns status and transport, never the address.</summary>
    public override string ToString() => $"RecipientOutcome {{ Status: {Status}, Transport: {TransportName ?? "none"} }}";
}
