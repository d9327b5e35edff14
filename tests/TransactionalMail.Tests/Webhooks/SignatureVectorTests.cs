using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Mailgun;
using TransactionalMail.Transports.SendGrid;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>Requests that providers really signed are taken, and none of them with a single byte changed.</summary>
public class SignatureVectorTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendGrid_W01()
    {
        var (valid, mutations) = (0, 0);
        foreach (var vector in Vectors("sendgrid"))
        {
            var webhook = new SendGridProvider().CreateWebhook(new SendGridOptions { WebhookPublicKey = (string)vector["public_key_spki_base64"]! }, At(Seconds(vector, "1600112502")))!;
            var body = await File.ReadAllBytesAsync(SharedData.Path($"provider-apis/vectors/sendgrid/{vector["body_file"]}"), s_ct);
            var request = new MailWebhookRequest(
                new Dictionary<string, string>
                {
                    ["content-type"] = "application/json",
                    ["x-twilio-email-event-webhook-signature"] = (string)vector["signature_base64"]!,
                    ["x-twilio-email-event-webhook-timestamp"] = (string)vector["timestamp"]!,
                },
                body);
            if (!(bool)vector["expected_valid"]!)
            {
                await RefusesAsync(webhook, request);
                continue;
            }

            (await webhook.ReceiveAsync(request, s_ct)).Should().NotBeEmpty();
            valid++;
            mutations += await RefusesEveryChangeAsync(webhook, request, "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp");
            for (var i = 0; i < body.Length; i++, mutations++)
            {
                var changed = body.ToArray();
                changed[i] ^= 0x20;
                await RefusesAsync(webhook, request with { Body = changed });
            }
        }

        valid.Should().BeGreaterThanOrEqualTo(1);
        mutations.Should().BeGreaterThan(400);
    }

    [Fact]
    public async Task Mailgun_W01()
    {
        var (valid, mutations) = (0, 0);
        foreach (var vector in Vectors("mailgun"))
        {
            var webhook = Make();
            var text = await File.ReadAllTextAsync(SharedData.Path($"provider-apis/vectors/mailgun/{vector["payload"]}"), s_ct);
            var json = JsonNode.Parse(text)!;
            json["signature"] = new JsonObject { ["timestamp"] = (string)vector["timestamp"]!, ["token"] = (string)vector["token"]!, ["signature"] = (string)vector["signature"]! };
            if (!(bool)vector["expected_valid"]!)
            {
                await RefusesAsync(webhook, Request(json));
                continue;
            }

            (await webhook.ReceiveAsync(Request(json), s_ct)).Should().ContainSingle();
            valid++;
            foreach (var field in (string[])["timestamp", "token", "signature"])
            {
                var value = (string)json["signature"]![field]!;
                for (var i = 0; i < value.Length; i++, mutations++)
                {
                    var changed = json.DeepClone();
                    changed["signature"]![field] = $"{value[..i]}{(char)(value[i] ^ 1)}{value[(i + 1)..]}";
                    await RefusesAsync(Make(), Request(changed));
                }
            }

            IMailWebhook Make() => new MailgunProvider().CreateWebhook(new MailgunOptions { WebhookSigningKey = (string)vector["signing_key"]! }, At((string)vector["timestamp"]!))!;
        }

        valid.Should().BeGreaterThanOrEqualTo(5);
        mutations.Should().BeGreaterThan(500);
    }

    private static IEnumerable<JsonObject> Vectors(string provider) => JsonNode.Parse(File.ReadAllText(SharedData.Path($"provider-apis/vectors/{provider}/cases.json")))!.AsArray().Select(v => v!.AsObject());

    private static string Seconds(JsonObject vector, string otherwise) => long.TryParse((string)vector["timestamp"]!, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? (string)vector["timestamp"]! : otherwise;

    private static MailTransportContext At(string seconds) => new(
        "tested",
        new ServiceCollection().AddSingleton<TimeProvider>(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)))).BuildServiceProvider());

    private static MailWebhookRequest Request(JsonNode json) => new(new Dictionary<string, string> { ["Content-Type"] = "application/json" }, Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static async Task<int> RefusesEveryChangeAsync(IMailWebhook webhook, MailWebhookRequest request, params string[] headers)
    {
        var count = 0;
        foreach (var name in headers)
        {
            var value = request.Headers[name];
            for (var i = 0; i < value.Length; i++, count++)
            {
                var changed = new Dictionary<string, string>(request.Headers) { [name] = $"{value[..i]}{(char)(value[i] ^ 1)}{value[(i + 1)..]}" };
                await RefusesAsync(webhook, request with { Headers = changed });
            }
        }

        return count;
    }

    private static async Task RefusesAsync(IMailWebhook webhook, MailWebhookRequest request)
    {
        var receiving = () => webhook.ReceiveAsync(request, s_ct).AsTask();
        (await receiving.Should().ThrowAsync<MailWebhookException>()).Which.Refusal.Should().Be(WebhookRefusal.Unauthenticated);
    }
}
