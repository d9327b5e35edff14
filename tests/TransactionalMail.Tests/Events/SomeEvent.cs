namespace TransactionalMail.Tests.Events;

/// <summary>Ordinary events, so that a test shows only what matters to it.</summary>
internal static class SomeEvent
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static MailAccepted Accepted(MailId? mailId = null, int attempt = 1) => new()
    {
        MailId = mailId ?? MailId.New(Noon),
        StreamName = "default",
        TransportName = "fake",
        Recipient = "ada@example.com",
        OccurredAt = Noon,
        Attempt = attempt,
    };

    public static MailBounced HardBounce(EmailAddress? recipient) => new()
    {
        MailId = MailId.New(Noon),
        StreamName = "default",
        Recipient = recipient,
        OccurredAt = Noon,
        BounceKind = BounceKind.Hard,
        SmtpCode = 550,
        EnhancedCode = "5.1.1",
        Diagnostic = "No such mailbox",
    };
}
