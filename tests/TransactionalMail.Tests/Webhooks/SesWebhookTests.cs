using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Conformance;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Http;
using TransactionalMail.Transports.Ses;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

[ConformanceOf<SesWebhook>]
public sealed class SesWebhookTests : WebhookConformance, IDisposable
{
    private const string Topic = "arn:aws:sns:eu-west-1:123456789012:mail";
    private const string CertificateAddress = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;
    private static readonly RSA s_key = RSA.Create(2048);

    private readonly Sns _sns = new();

    public SesWebhookTests()
    {
        using var certificate = new CertificateRequest("CN=sns.amazonaws.com", s_key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Clock.GetUtcNow().AddDays(-10), Clock.GetUtcNow().AddDays(10));
        _sns.Pages[CertificateAddress] = certificate.ExportCertificatePem();
    }

    protected override TimeSpan Tolerance => TimeSpan.FromHours(1);

    protected override IServiceCollection Services
    {
        get
        {
            var services = base.Services;
            services.AddHttpClient(HttpMailTransport.ClientName).ConfigurePrimaryHttpMessageHandler(() => _sns);
            return services;
        }
    }

    [Fact]
    public async Task The_key_is_fetched_once()
    {
        for (var i = 0; i < 3; i++) await Webhook.ReceiveAsync(Notification(Write(null, MailId.New(Clock.GetUtcNow()))), s_ct);

        _sns.Asked.Should().Equal(CertificateAddress);
    }

    [Theory]
    [InlineData("http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x=1")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem#x")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/a/../SimpleNotificationService-01234567%2F89abcdef.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/other.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com\\.evil.example/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://bucket.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://xn--sns-.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://127.0.0.1/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("file:///SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("//sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("")]
    public async Task Fetches_no_key_from_anywhere_else_W04(string address)
    {
        await RefusesAsync(Envelope("Notification", "{}", fields => fields["SigningCertURL"] = address));

        _sns.Asked.Should().BeEmpty();
    }

    [Theory]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:other")]
    [InlineData("arn:aws:sns:eu-west-1:999999999999:mail")]
    [InlineData("arn:aws:sns:evil.example/:123456789012:mail")]
    [InlineData("")]
    public async Task Takes_nothing_from_a_topic_that_is_not_pinned_and_fetches_nothing_W04(string topic)
    {
        await RefusesAsync(Envelope("Notification", "{}", fields => fields["TopicArn"] = topic));

        _sns.Asked.Should().BeEmpty();
    }

    [Fact]
    public async Task Confirms_the_subscription_of_a_pinned_topic()
    {
        const string Confirmation = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:mail&Token=2336412f37";
        _sns.Pages[Confirmation] = "<ok/>";

        (await Webhook.ReceiveAsync(Subscription(Confirmation), s_ct)).Should().BeEmpty();

        _sns.Asked.Should().Equal(CertificateAddress, Confirmation);
    }

    [Theory]
    [InlineData("https://evil.example/?Action=ConfirmSubscription")]
    [InlineData("http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    public async Task Confirms_nothing_elsewhere_W05(string address)
    {
        var receiving = () => Webhook.ReceiveAsync(Subscription(address), s_ct).AsTask();

        (await receiving.Should().ThrowAsync<MailWebhookException>()).Which.Refusal.Should().Be(WebhookRefusal.Malformed);
        _sns.Asked.Should().Equal([CertificateAddress], "it was signed");
    }

    [Fact]
    public async Task Asks_to_be_told_again_where_the_key_cannot_be_fetched()
    {
        _sns.IsDown = true;
        var receiving = () => Webhook.ReceiveAsync(Notification("{}"), s_ct).AsTask();

        await receiving.Should().ThrowAsync<MailEventsNotStoredException>();
    }

    [Fact]
    public async Task An_expired_certificate_proves_nothing()
    {
        Clock.Advance(TimeSpan.FromDays(11));

        await RefusesAsync(Notification("{}"));
    }

    [Fact]
    public async Task A_certificate_of_somebody_else_proves_nothing()
    {
        using var certificate = new CertificateRequest("CN=evil.example", s_key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Clock.GetUtcNow().AddDays(-10), Clock.GetUtcNow().AddDays(10));
        _sns.Pages[CertificateAddress] = certificate.ExportCertificatePem();

        await RefusesAsync(Notification("{}"));
    }

    [Fact]
    public async Task The_first_sentence_of_a_topic_is_no_event() =>
        (await Webhook.ReceiveAsync(Notification("Successfully validated SNS topic for Amazon SES event publishing."), s_ct)).Should().BeEmpty();

    [Fact]
    public async Task Vectors_of_Amazon_are_proven_and_none_with_a_byte_changed_W01()
    {
        var (valid, mutations) = (0, 0);
        foreach (var file in Directory.GetFiles(SharedData.Path("provider-apis/vectors/sns"), "*.json"))
        {
            var json = JsonNode.Parse(await File.ReadAllTextAsync(file, s_ct))!.AsObject();
            var address = (string)(json["SigningCertURL"] ?? json["SigningCertUrl"])!;
            using var sns = new Sns();
            sns.Pages[address] = await File.ReadAllTextAsync(SharedData.Path($"provider-apis/vectors/sns/{address.Split('/')[^1]}"), s_ct);
            sns.Pages[(string?)json["SubscribeURL"] ?? "none"] = "<ok/>";
            using var webhook = At(sns, DateTimeOffset.Parse((string)json["Timestamp"]!, CultureInfo.InvariantCulture), (string)json["TopicArn"]!);

            (await webhook.ReceiveAsync(Request(json), s_ct)).Should().BeEmpty("{0} holds no event of SES", file);
            valid++;
            foreach (var (name, value) in json.Where(f => f.Key is "Message" or "MessageId" or "Subject" or "SubscribeURL" or "Timestamp" or "Token" or "TopicArn" or "Type" or "Signature" && f.Value is not null).ToList())
            {
                var text = (string)value!;
                for (var i = 0; i < text.Length; i++, mutations++)
                {
                    var changed = json.DeepClone().AsObject();
                    changed[name] = $"{text[..i]}{(char)(text[i] ^ 1)}{text[(i + 1)..]}";
                    var receiving = () => webhook.ReceiveAsync(Request(changed), s_ct).AsTask();
                    (await receiving.Should().ThrowAsync<MailWebhookException>("{0} of {1} was changed at {2}", name, file, i)).Which.Refusal.Should().Be(WebhookRefusal.Unauthenticated);
                }
            }

            sns.Asked.Distinct().Should().OnlyContain(asked => asked == address || asked == (string?)json["SubscribeURL"]);
        }

        valid.Should().BeGreaterThanOrEqualTo(9);
        mutations.Should().BeGreaterThan(4_000);
    }

    public static TheoryData<string> Payloads => SharedData.Exists ? [.. Directory.GetFiles(SharedData.Path("provider-apis/webhooks/ses"), "*.json").Select(f => Path.GetFileName(f)).Where(f => !f.Contains("sns-event"))] : ["the payloads"];

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Each_payload_is_read_as_what_it_stands_for(string file)
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path($"provider-apis/webhooks/ses/{file}"), s_ct))!;
        if (json["Message"] is { } inner) json = JsonNode.Parse((string)inner!)!;

        var told = await Webhook.ReceiveAsync(Notification(json.ToJsonString()), s_ct);

        var kind = (string)(json["eventType"] ?? json["notificationType"])!;
        string expected = kind switch
        {
            "Send" => nameof(MailAccepted),
            "Delivery" => nameof(MailDelivered),
            "Bounce" => nameof(MailBounced),
            "Complaint" => nameof(MailComplained),
            "Reject" or "Rendering Failure" => nameof(MailFailed),
            "Open" => nameof(MailOpened),
            "Click" => nameof(MailClicked),
            _ => nameof(MailUnknownEvent),
        };
        told.Should().NotBeEmpty().And.OnlyContain(e => e.GetType().Name == expected && e.ProviderMessageId == (string)json["mail"]!["messageId"]! && e.OccurredAt.Year >= 2010);
        told.Select(e => e.EventId).Should().OnlyHaveUniqueItems();
        var named = (kind switch { "Bounce" => json["bounce"]!["bouncedRecipients"], "Complaint" => json["complaint"]!["complainedRecipients"], "Delivery" => json["delivery"]!["recipients"], _ => null })?.AsArray();
        if (named is not null) told.Select(e => e.Recipient!.Address).Should().Equal(named.Select(r => r is JsonObject o ? (string)o["emailAddress"]! : (string)r!));
        if (told is [MailBounced bounced]) bounced.BounceKind.Should().Be((string)json["bounce"]!["bounceType"]! is "Permanent" ? BounceKind.Hard : BounceKind.Soft);
    }

    [Fact]
    public async Task Reads_labels_from_the_fields_and_from_the_tags_of_SES_where_fields_are_missing()
    {
        var told = (await Webhook.ReceiveAsync(Notification("""
            { "eventType": "Open", "open": { "timestamp": "2026-11-24T12:00:00Z" },
              "mail": { "messageId": "m1", "destination": ["ada@example.com", "grace@example.com"], "headersTruncated": true,
                        "tags": { "ses:caller-identity": ["x"], "tag": ["receipt"], "tag-2": ["vip"], "order": ["42"], "transactionalmail-id": ["0198f2b4-c0de-7000-8000-00000000abcd"] } } }
            """), s_ct)).Should().ContainSingle().Which;

        told.Tags.Should().Equal("receipt", "vip");
        told.Metadata.Should().Equal(new Dictionary<string, string> { ["order"] = "42" });
        told.MailId.ToString().Should().Be("0198f2b4-c0de-7000-8000-00000000abcd");
        told.Recipient.Should().BeNull("it does not say which of the two");
    }

    public void Dispose() => _sns.Dispose();

    protected override IMailWebhook Create(MailTransportContext context) => new SesProvider().CreateWebhook(new SesOptions { WebhookTopicArns = { Topic } }, context)!;

    protected override string Write(string? name, MailId mailId) => $$"""
        { "eventType": "{{name ?? "Delivery"}}", "delivery": { "timestamp": "2026-11-24T12:00:10.000Z", "recipients": ["ada@example.com"], "smtpResponse": "250 ok" },
          "mail": { "timestamp": "2026-11-24T12:00:00.000Z", "messageId": "010201", "destination": ["ada@example.com"],
                    "headers": [ { "name": "X-Tag", "value": "receipt" }, { "name": "X-Metadata-order", "value": "42" } ], "tags": { "transactionalmail-id": ["{{mailId}}"] } } }
        """;

    protected override MailWebhookRequest Sign(byte[] body, DateTimeOffset at) =>
        body.Length > WebhookReader.LargestBody ? new(s_headers, body) : Envelope("Notification", Encoding.UTF8.GetString(body), at: at, id: Convert.ToHexString(SHA256.HashData(body)));

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> s_headers = new() { ["Content-Type"] = "text/plain; charset=UTF-8" };

    private static SesWebhook At(Sns sns, DateTimeOffset time, string topic)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(new FakeTimeProvider(time));
        services.AddHttpClient(HttpMailTransport.ClientName).ConfigurePrimaryHttpMessageHandler(() => sns);
        return new SesWebhook(new SesOptions { WebhookTopicArns = { topic } }, new MailTransportContext("tested", services.BuildServiceProvider()));
    }

    private static MailWebhookRequest Request(JsonObject json) => new(s_headers, Encoding.UTF8.GetBytes(json.ToJsonString()));

    private MailWebhookRequest Notification(string message) => Envelope("Notification", message);

    private MailWebhookRequest Subscription(string address) => Envelope("SubscriptionConfirmation", "You have chosen to subscribe.", fields => (fields["SubscribeURL"], fields["Token"]) = (address, "2336412f37"));

    private MailWebhookRequest Envelope(string type, string message, Action<Dictionary<string, string>>? change = null, DateTimeOffset? at = null, string id = "17dea24b")
    {
        var fields = new Dictionary<string, string>
        {
            ["Type"] = type,
            ["MessageId"] = id,
            ["TopicArn"] = Topic,
            ["Message"] = message,
            ["Timestamp"] = (at ?? Clock.GetUtcNow()).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["SignatureVersion"] = "2",
            ["SigningCertURL"] = CertificateAddress, // no UnsubscribeURL: nobody signs it, and nobody reads it
        };
        change?.Invoke(fields);
        string[] signed = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        var text = string.Concat(signed.Where(fields.ContainsKey).Select(name => $"{name}\n{fields[name]}\n"));
        fields["Signature"] = Convert.ToBase64String(s_key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return new MailWebhookRequest(s_headers, JsonSerializer.SerializeToUtf8Bytes(fields, s_plain)); // with escapes, other bytes could mean the same
    }

    private async Task RefusesAsync(MailWebhookRequest request)
    {
        var receiving = () => Webhook.ReceiveAsync(request, s_ct).AsTask();
        (await receiving.Should().ThrowAsync<MailWebhookException>()).Which.Refusal.Should().Be(WebhookRefusal.Unauthenticated);
    }

    /// <summary>Amazon SNS, as far as it is asked.</summary>
    private sealed class Sns : HttpMessageHandler
    {
        public Dictionary<string, string> Pages { get; } = [];

        public List<string> Asked { get; } = [];

        public bool IsDown { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.AbsoluteUri);
            if (IsDown) return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
            return Task.FromResult(Pages.TryGetValue(request.RequestUri.AbsoluteUri, out var page)
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(page) }
                : new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
