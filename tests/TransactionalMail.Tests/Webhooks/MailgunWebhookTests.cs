using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Mailgun;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

[ConformanceOf<MailgunWebhook>]
public sealed class MailgunWebhookTests : WebhookConformance
{
    private const string Key = "key-for-webhooks-of-tests";

    [Fact]
    public async Task A_token_serves_for_one_body_only_W03()
    {
        var first = Sign(Encoding.UTF8.GetBytes(Write(null, MailId.New(Clock.GetUtcNow()))), Clock.GetUtcNow());
        var forged = JsonNode.Parse(first.Body.Span)!;
        forged["event-data"]!["event"] = "complained";

        await Webhook.ReceiveAsync(first, TestContext.Current.CancellationToken);
        var receiving = () => Webhook.ReceiveAsync(first with { Body = Encoding.UTF8.GetBytes(forged.ToJsonString()) }, TestContext.Current.CancellationToken).AsTask();

        (await receiving.Should().ThrowAsync<MailWebhookException>()).Which.Refusal.Should().Be(WebhookRefusal.Unauthenticated);
        (await Webhook.ReceiveAsync(first, TestContext.Current.CancellationToken)).Should().ContainSingle("Mailgun asks again where it got no answer");
    }

    protected override IMailWebhook Create(MailTransportContext context) => new MailgunProvider().CreateWebhook(new MailgunOptions { WebhookSigningKey = Key }, context)!;

    protected override string Write(string? name, MailId mailId) => $$"""
        { "event": "{{name ?? "delivered"}}", "id": "Ase7i2zsRYeDXztHGENqRA", "timestamp": 1795521610.25, "recipient": "ada@example.com", "tags": ["receipt"],
          "user-variables": { "order": "42", "transactionalmail-id": "{{mailId}}" }, "message": { "headers": { "message-id": "20261124.1@mg.example.com" } } }
        """;

    protected override MailWebhookRequest Sign(byte[] body, DateTimeOffset at)
    {
        var (timestamp, token) = (at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), Convert.ToHexStringLower(SHA256.HashData(body))[..50]);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(timestamp + token)));
        byte[] signed = [.. Encoding.UTF8.GetBytes($$"""{"signature":{"timestamp":"{{timestamp}}","token":"{{token}}","signature":"{{signature}}"},"event-data":"""), .. body, (byte)'}'];
        return new(new Dictionary<string, string> { ["Content-Type"] = "application/json" }, body.Length > WebhookReader.LargestBody ? body : signed);
    }
}
