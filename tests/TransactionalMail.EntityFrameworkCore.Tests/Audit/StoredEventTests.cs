using TransactionalMail.EntityFrameworkCore.Audit;

namespace TransactionalMail.EntityFrameworkCore.Tests.Audit;

/// <summary>What is written as version 1 never changes; a change is version 2.</summary>
public class StoredEventTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<MailEvent, string, string> Golden() => new()
    {
        {
            new MailBounced
            {
                MailId = default, OccurredAt = s_noon, StreamName = "receipts", TemplateName = "order", TransportName = "primary", ProviderMessageId = "p-1", Attempt = 2, Tags = ["order", "größe"],
                Recipient = new EmailAddress("Ada@example.com", "Ada \"L\""), Metadata = new Dictionary<string, string> { ["order"] = "1042" },
                BounceKind = BounceKind.Hard, SmtpCode = 550, EnhancedCode = "5.1.1", Diagnostic = "Kein\0Postfach 😀",
            },
            """{"version":1,"kind":"MailBounced","streamName":"receipts","templateName":"order","transportName":"primary","providerMessageId":"p-1","attempt":2,"tags":["order","größe"],"bounceKind":"Hard","smtpCode":550,"enhancedCode":"5.1.1"}""",
            """{"address":"Ada@example.com","displayName":"Ada \"L\"","metadata":{"order":"1042"},"diagnostic":"Kein\u0000Postfach \uD83D\uDE00"}"""
        },
        { new MailBounced { MailId = default, OccurredAt = s_noon, BounceKind = BounceKind.Undetermined }, """{"version":1,"kind":"MailBounced","bounceKind":"Undetermined"}""", "{}" },
        { new MailClicked { MailId = default, OccurredAt = s_noon, Url = "https://acme.example/?a=1&b=2" }, """{"version":1,"kind":"MailClicked"}""", """{"url":"https://acme.example/?a=1&b=2"}""" },
        { new MailDeferred { MailId = default, OccurredAt = s_noon, Failure = TransportFailure.Network, SmtpCode = 0 }, """{"version":1,"kind":"MailDeferred","failure":"Network","smtpCode":0}""", "{}" },
        {
            new MailFailed { MailId = default, OccurredAt = s_noon, Failure = TransportFailure.RecipientsRejected, ProviderCode = "550", Diagnostic = "No", MayHaveBeenAccepted = true },
            """{"version":1,"kind":"MailFailed","failure":"RecipientsRejected","providerCode":"550","mayHaveBeenAccepted":true}""",
            """{"diagnostic":"No"}"""
        },
        { new MailOpened { MailId = default, OccurredAt = s_noon, IsMachine = true }, """{"version":1,"kind":"MailOpened","isMachine":true}""", "{}" },
        { new MailSuppressed { MailId = default, OccurredAt = s_noon, Reason = SuppressionReason.HardBounce }, """{"version":1,"kind":"MailSuppressed","reason":"HardBounce"}""", "{}" },
        { new MailUnknownEvent { MailId = default, OccurredAt = s_noon, Name = "inbox.placed" }, """{"version":1,"kind":"MailUnknownEvent","name":"inbox.placed"}""", "{}" },
        { new MailUnsubscribed { MailId = default, OccurredAt = s_noon }, """{"version":1,"kind":"MailUnsubscribed"}""", "{}" },
    };

    [Theory]
    [MemberData(nameof(Golden), DisableDiscoveryEnumeration = true)]
    public void Is_written_and_read_as_ever(MailEvent mailEvent, string stored, string personal)
    {
        ArgumentNullException.ThrowIfNull(mailEvent);
        StoredEvent.Write(mailEvent).Should().Be(stored);
        StoredPersonalData.Write(mailEvent).Should().Be(personal);

        var read = StoredEvent.Read(stored).ToEvent(mailEvent.EventId, mailEvent.MailId, mailEvent.OccurredAt, StoredPersonalData.Read(personal));

        read.Should().BeOfType(mailEvent.GetType());
        read.Should().BeEquivalentTo(mailEvent, static options => options.RespectingRuntimeTypes().ComparingByMembers<MailEvent>());
    }
}
