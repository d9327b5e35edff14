using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TransactionalMail.Conformance;
using TransactionalMail.Transports;
using TransactionalMail.Transports.SendGrid;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

[ConformanceOf<SendGridWebhook>]
public sealed class SendGridWebhookTests : WebhookConformance, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task One_event_nobody_can_read_does_not_lose_the_others_W08()
    {
        var body = "[ null, 7, {\"event\":\"delivered\",\"email\":\"ada@example.com\",\"timestamp\":1795521600,\"sg_event_id\":\"a\"}, {\"event\":\"painted\"} ]"u8.ToArray();

        var told = await Webhook.ReceiveAsync(Sign(body, Clock.GetUtcNow()), TestContext.Current.CancellationToken);

        told.Select(e => e.GetType().Name).Should().Equal("MailUnknownEvent", "MailUnknownEvent", "MailDelivered", "MailUnknownEvent");
    }

    public void Dispose() => _key.Dispose();

    protected override IMailWebhook Create(MailTransportContext context) =>
        new SendGridProvider().CreateWebhook(new SendGridOptions { WebhookPublicKey = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()) }, context)!;

    protected override string Write(string? name, MailId mailId) => $$"""
        [ { "event": "{{name ?? "delivered"}}", "email": "ada@example.com", "timestamp": 1795521610, "sg_event_id": "id-of-{{mailId}}", "sg_message_id": "14c5d75ce93.dfd.64b469", "category": "receipt",
            "order": "42", "transactionalmail-id": "{{mailId}}", "response": "250 ok", "smtp-id": "<x@y>" } ]
        """;

    protected override MailWebhookRequest Sign(byte[] body, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = _key.SignData([.. Encoding.ASCII.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new(
            new Dictionary<string, string>
            {
                ["Content-Type"] = "application/json",
                ["X-Twilio-Email-Event-Webhook-Timestamp"] = timestamp,
                ["X-Twilio-Email-Event-Webhook-Signature"] = Convert.ToBase64String(signature),
            },
            body);
    }
}
