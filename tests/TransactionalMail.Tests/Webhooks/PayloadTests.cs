using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Mailgun;
using TransactionalMail.Transports.Postmark;
using TransactionalMail.Transports.SendGrid;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>What providers and other projects publish of the providers' requests, read as the events it stands for.</summary>
public sealed class PayloadTests : IDisposable
{
    private const string Secret = "a secret of sixteen or more";

    /// <summary>What each kind of report is to us; a name of SendGrid's stands with the type or reason that decides.</summary>
    private static readonly Dictionary<string, string> s_kinds = new()
    {
        ["sendgrid/processed"] = nameof(MailAccepted),
        ["sendgrid/delivered"] = nameof(MailDelivered),
        ["sendgrid/deferred"] = nameof(MailDeferred),
        ["sendgrid/bounce"] = $"{nameof(MailBounced)} Hard",
        ["sendgrid/bounce blocked"] = $"{nameof(MailBounced)} Blocked",
        ["sendgrid/dropped Bounced Address"] = $"{nameof(MailSuppressed)} HardBounce",
        ["sendgrid/dropped Invalid"] = $"{nameof(MailFailed)} RecipientsRejected",
        ["sendgrid/open"] = nameof(MailOpened),
        ["sendgrid/click"] = nameof(MailClicked),
        ["sendgrid/spamreport"] = nameof(MailComplained),
        ["sendgrid/unsubscribe"] = nameof(MailUnsubscribed),
        ["sendgrid/group_unsubscribe"] = nameof(MailUnsubscribed),
        ["sendgrid/group_resubscribe"] = nameof(MailResubscribed),
        ["mailgun/accepted"] = nameof(MailAccepted),
        ["mailgun/delivered"] = nameof(MailDelivered),
        ["mailgun/failed permanent"] = $"{nameof(MailBounced)} Hard",
        ["mailgun/failed permanent suppress-bounce"] = $"{nameof(MailSuppressed)} HardBounce",
        ["mailgun/failed temporary"] = nameof(MailDeferred),
        ["mailgun/opened"] = nameof(MailOpened),
        ["mailgun/clicked"] = nameof(MailClicked),
        ["mailgun/complained"] = nameof(MailComplained),
        ["mailgun/unsubscribed"] = nameof(MailUnsubscribed),
        ["mailgun/stored"] = nameof(MailUnknownEvent), // a message Mailgun keeps; nothing happened to a recipient
        ["postmark/Delivery"] = nameof(MailDelivered),
        ["postmark/Bounce HardBounce"] = $"{nameof(MailBounced)} Hard",
        ["postmark/Bounce SpamComplaint"] = nameof(MailComplained),
        ["postmark/Bounce SpamNotification"] = $"{nameof(MailBounced)} Blocked",
        ["postmark/Bounce Unsubscribe"] = nameof(MailUnsubscribed),
        ["postmark/SpamComplaint"] = nameof(MailComplained),
        ["postmark/Open"] = nameof(MailOpened),
        ["postmark/Click"] = nameof(MailClicked),
        ["postmark/SubscriptionChange"] = nameof(MailUnsubscribed),
    };

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static TheoryData<string> Files => SharedData.Exists
        ? [.. Index().Select(r => (string)r!["file"]!).Where(f => !f.Contains("/ses/"))]
        : ["the index of payloads"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_payload_is_read_as_what_it_stands_for(string file)
    {
        var text = await File.ReadAllTextAsync(SharedData.Path($"provider-apis/{file}"), TestContext.Current.CancellationToken);
        var provider = file.Split('/')[1];
        var told = await ReceiveAsync(provider, text);

        var written = JsonNode.Parse(text)!;
        var expected = provider switch
        {
            "sendgrid" => (written as JsonArray ?? [written.DeepClone()]).Select(e => SendGridName(e!)),
            "mailgun" => [MailgunName(written["event-data"] ?? written)],
            _ => [PostmarkName(written)],
        };
        told.Select(Describe).Should().Equal(expected.Select(name => s_kinds[name]), file);
        told.Should().OnlyContain(e => e.OccurredAt.Year >= 2009 && e.OccurredAt.Year <= 2026);
        told.Select(e => e.EventId).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Other_libraries_read_the_same()
    {
        var compared = 0;
        foreach (var record in JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path("provider-apis/webhooks/index.json"), TestContext.Current.CancellationToken))!.AsArray())
        {
            if (record!["anymail_expected"] is not JsonObject expected || (string)record["provider"]! is "ses") continue;
            var file = (string)record["file"]!;
            var told = (await ReceiveAsync((string)record["provider"]!, await File.ReadAllTextAsync(SharedData.Path($"provider-apis/{file}"), TestContext.Current.CancellationToken))).Should().ContainSingle().Which;

            if ((string?)expected["recipient"] is { } recipient && !recipient.EndsWith("@invalid", StringComparison.Ordinal)) told.Recipient!.Address.Should().Be(recipient, file);
            if ((string?)expected["timestamp"] is { } timestamp) told.OccurredAt.Should().BeCloseTo(DateTimeOffset.Parse(timestamp, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(1), file);
            if (expected["tags"] is JsonArray tags) told.Tags.Should().Equal(tags.Select(t => (string)t!), file);
            if (expected["metadata"] is JsonObject metadata) told.Metadata.Where(m => m.Key is not "anymail_id").Should().BeEquivalentTo(metadata.ToDictionary(m => m.Key, m => $"{m.Value}"), file);
            if ((string?)expected["click_url"] is { } url) ((MailClicked)told).Url.Should().Be(url, file);
            // They take the id of custom arguments or keep brackets where we take the provider's own, as its API gave it.
            if ((string?)expected["message_id"] is { } id && (string)record["provider"]! is not "sendgrid") told.ProviderMessageId.Should().Be(id.Trim('<', '>'), file);
            compared++;
        }

        compared.Should().BeGreaterThanOrEqualTo(12);
    }

    public void Dispose() => _key.Dispose();

    private static JsonArray Index() => JsonNode.Parse(File.ReadAllText(SharedData.Path("provider-apis/webhooks/index.json")))!.AsArray();

    private static string Describe(MailEvent told) => told switch
    {
        MailBounced bounced => $"{nameof(MailBounced)} {bounced.BounceKind}",
        MailSuppressed suppressed => $"{nameof(MailSuppressed)} {suppressed.Reason}",
        MailFailed failed => $"{nameof(MailFailed)} {failed.Failure}",
        _ => told.GetType().Name,
    };

    private static string SendGridName(JsonNode json) => $"sendgrid/{((string)json["event"]!).ToLowerInvariant()}" + (string)json["event"]! switch
    {
        "dropped" => $" {json["reason"]}",
        "bounce" when (string?)json["type"] is "blocked" => " blocked",
        _ => "",
    };

    private static string MailgunName(JsonNode json) =>
        $"mailgun/{json["event"]}{((string)json["event"]! is "failed" ? $" {json["severity"]}{(((string?)json["reason"])?.StartsWith("suppress", StringComparison.Ordinal) is true ? $" {json["reason"]}" : "")}" : "")}";

    private static string PostmarkName(JsonNode json) => $"postmark/{json["RecordType"]}{((string)json["RecordType"]! is "Bounce" ? $" {json["Type"]}" : "")}";

    private async Task<IReadOnlyList<MailEvent>> ReceiveAsync(string provider, string text)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-24T12:00:00Z", CultureInfo.InvariantCulture));
        await using var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).BuildServiceProvider();
        var context = new MailTransportContext(provider, services);
        var now = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var body = Encoding.UTF8.GetBytes(text);
        var headers = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
        IMailWebhook webhook;
        switch (provider)
        {
            case "sendgrid":
                if (text.TrimStart()[0] is '{') body = Encoding.UTF8.GetBytes($"[{text}]");
                webhook = new SendGridProvider().CreateWebhook(new SendGridOptions { WebhookPublicKey = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()) }, context)!;
                headers["X-Twilio-Email-Event-Webhook-Timestamp"] = now;
                headers["X-Twilio-Email-Event-Webhook-Signature"] = Convert.ToBase64String(_key.SignData([.. Encoding.ASCII.GetBytes(now), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
                break;
            case "mailgun":
                webhook = new MailgunProvider().CreateWebhook(new MailgunOptions { WebhookSigningKey = Secret }, context)!;
                var json = JsonNode.Parse(text)!;
                var data = (json["event-data"] ?? json).DeepClone();
                var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{now}token")));
                body = Encoding.UTF8.GetBytes(new JsonObject { ["signature"] = new JsonObject { ["timestamp"] = now, ["token"] = "token", ["signature"] = signature }, ["event-data"] = data }.ToJsonString());
                break;
            default:
                webhook = new PostmarkProvider().CreateWebhook(new PostmarkOptions { WebhookHeader = "X-Proof", WebhookPassword = Secret }, context)!;
                headers["X-Proof"] = Secret;
                break;
        }

        return await webhook.ReceiveAsync(new MailWebhookRequest(headers, body), TestContext.Current.CancellationToken);
    }
}
