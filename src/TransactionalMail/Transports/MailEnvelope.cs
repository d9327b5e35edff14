namespace TransactionalMail.Transports;

/// <summary>What the relay is told, apart from what the recipient sees (RFC 5321 §2.3.1).</summary>
/// <param name="Sender">The address bounces return to.</param>
/// <param name="Recipients">The recipients still to try, each once; Bcc among them.</param>
public sealed record MailEnvelope(EmailAddress Sender, IReadOnlyList<EmailAddress> Recipients)
{
    /// <summary>Returns the number of recipients, never addresses.</summary>
    public override string ToString() => $"MailEnvelope {{ Recipients: {Recipients.Count} }}";
}
