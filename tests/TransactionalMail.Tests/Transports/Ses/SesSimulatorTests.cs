using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

public sealed class SesSimulatorTests
{
    private const string Mime = "From: a@acme.example\r\nTo: ada@example.com\r\nSubject: Hi\r\n\r\nHello\r\n";
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_our_mail_and_tells_what_SES_would()
    {
        await using var ses = new SesSimulator { Clock = Some.Clock(), Region = "eu-west-1", ConfigurationSets = ["receipts"], Identities = ["acme.example"] };
        using var lab = Lab(ses, static options => options.ConfigurationSet = "receipts");

        var receipt = await lab.SendAsync(Some.Email("ada@example.com") with { Bcc = ["bob@example.com"], EnvelopeSender = "bounces@acme.example", Tags = ["receipt"] });

        var mail = ses.Mails.Should().ContainSingle().Which;
        (receipt.MessageId, receipt.Recipients[0].ProviderMessageId).Should().Be((mail.MessageId, mail.Id));
        mail.To.Should().Equal("ada@example.com");
        mail.Bcc.Should().Equal("bob@example.com");
        mail.FeedbackAddress.Should().Be("bounces@acme.example");
        mail.ConfigurationSet.Should().Be("receipts");
        mail.Tags.Should().Equal(new Dictionary<string, string> { ["transactionalmail-id"] = receipt.Id.ToString(), ["tag"] = "receipt" });
        var (raw, delivered) = (Encoding.UTF8.GetString(mail.Raw.Span), Encoding.UTF8.GetString(mail.Delivered.Span));
        raw.Should().NotContain(mail.MessageId);
        delivered.Should().StartWith($"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{mail.MessageId}>\r\n");
        delivered.Split("\r\n").Count(static line => line.StartsWith("Date:", StringComparison.Ordinal) || line.StartsWith("Message-ID:", StringComparison.Ordinal)).Should().Be(2);
        delivered[delivered.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].Should().Be(raw[raw.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Our_DKIM_signature_is_there_only_where_told_and_outlives_what_SES_replaces(bool signs)
    {
        var key = DkimTestKey.ForAcme(DkimTestKey.Rsa2048);
        await using var ses = new SesSimulator { Clock = Some.Clock(), Region = "eu-west-1" };
        using var lab = Lab(ses, options => options.SignsDkim = signs, mail => mail.AddDkim(key));

        await lab.SendAsync(Some.Email());

        DkimCheck.For(key).Verify(ses.Mails[0].Delivered.ToArray()).Should().Equal(signs ? [true] : []);
    }

    [Theory]
    [InlineData("secret", "SecretAccessKey")]
    [InlineData("key", "does not know the access key")]
    [InlineData("token", "does not know the access key")]
    [InlineData("region", "SecretAccessKey and Region")]
    [InlineData("clock behind", "clock")]
    [InlineData("clock ahead", "clock")]
    public async Task Refuses_our_mail_with_credentials_that_are_not_its_own(string wrong, string advice)
    {
        var clock = wrong switch { "clock behind" => s_now.AddMinutes(6), "clock ahead" => s_now.AddMinutes(-6), _ => s_now.AddMinutes(-4) };
        await using var ses = new SesSimulator { Clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(clock), Region = "eu-west-1" };
        using var lab = Lab(ses, options =>
        {
            if (wrong is "secret") options.SecretAccessKey = "other";
            if (wrong is "key") options.AccessKeyId = "OTHER";
            if (wrong is "token") options.SessionToken = "other";
            if (wrong is "region") options.Region = "eu-west-2";
        });

        var failure = await lab.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.Message.Should().Contain(advice);
        ses.Mails.Should().BeEmpty();
    }

    [Fact]
    public async Task In_the_sandbox_recipients_are_verified_too()
    {
        await using var ses = new SesSimulator { Clock = Some.Clock(), Region = "eu-west-1", Identities = ["acme.example", "ada@example.com"], IsSandbox = true };
        using var lab = Lab(ses);

        await lab.SendAsync(Some.Email("ada@example.com", "bounce+1@simulator.amazonses.com"));
        (await lab.FailureAsync(Some.Email("ada@example.com", "bob@example.com"))).Failure.Should().Be(TransportFailure.SenderRejected);
        (await lab.FailureAsync(Some.Email() with { From = "a@elsewhere.example" })).Failure.Should().Be(TransportFailure.SenderRejected);

        ses.Mails.Should().ContainSingle();
    }

    [Fact]
    public async Task Knows_the_configuration_sets_it_was_told()
    {
        await using var ses = new SesSimulator { Clock = Some.Clock(), Region = "eu-west-1", ConfigurationSets = ["receipts"] };
        using var lab = Lab(ses, static options => options.ConfigurationSet = "typing-error");

        (await lab.FailureAsync()).ProviderCode.Should().Be("NotFoundException");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("not json", "SerializationException")]
    [InlineData("Content: none", "BadRequestException")]
    [InlineData("Content.Raw: none", "BadRequestException")]
    [InlineData("Content.Raw.Data: bytes", "BadRequestException")]
    [InlineData("Content.Simple", "BadRequestException")]
    [InlineData("unknown field", "BadRequestException")]
    [InlineData("field in lower case", "BadRequestException")]
    [InlineData("unknown field in Destination", "BadRequestException")]
    [InlineData("nobody", "BadRequestException")]
    [InlineData("51 recipients", "BadRequestException")]
    [InlineData("recipient with a name missing its end", "BadRequestException")]
    [InlineData("recipient beyond ASCII", "BadRequestException")]
    [InlineData("recipients as text", "BadRequestException")]
    [InlineData("tag with a space", "BadRequestException")]
    [InlineData("tag without value", "BadRequestException")]
    [InlineData("tag of 257", "BadRequestException")]
    [InlineData("tag twice", "BadRequestException")]
    [InlineData("set as number", "SerializationException")]
    [InlineData("no header", "BadRequestException")]
    [InlineData("no From", "BadRequestException")]
    [InlineData("two subjects", "BadRequestException")]
    [InlineData("long line", "BadRequestException")]
    public async Task Judges_strictly_what_is_signed_well(string wrong, string? code)
    {
        await using var ses = new SesSimulator { Clock = Some.Clock() };

        var (status, error) = await PostAsync(ses, Body(wrong), static _ => { });

        (status, error).Should().Be((code is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, code));
        ses.Mails.Should().HaveCount(code is null ? 1 : 0);
    }

    [Theory]
    [InlineData("none", "MissingAuthenticationToken")]
    [InlineData("scheme", "IncompleteSignature")]
    [InlineData("parts", "IncompleteSignature")]
    [InlineData("signature", "SignatureDoesNotMatch")]
    [InlineData("service", "SignatureDoesNotMatch")]
    [InlineData("day", "SignatureDoesNotMatch")]
    [InlineData("hash", "SignatureDoesNotMatch")]
    [InlineData("field", "SignatureDoesNotMatch")]
    [InlineData("unsigned field", "SignatureDoesNotMatch")]
    public async Task Refuses_a_signature_that_was_tampered_with(string how, string code)
    {
        await using var ses = new SesSimulator { Clock = Some.Clock() };

        var answer = await PostAsync(ses, Body(""), request =>
        {
            var authorization = request.Headers.GetValues("Authorization").Single();
            var (field, value) = how switch
            {
                "scheme" => ("Authorization", authorization.Replace("AWS4-HMAC-SHA256", "AWS3", StringComparison.Ordinal)),
                "parts" => ("Authorization", authorization.Split(", Signature")[0]),
                "signature" => ("Authorization", authorization[..^1] + (authorization[^1] is '0' ? '1' : '0')),
                "service" => ("Authorization", authorization.Replace("/ses/", "/email/", StringComparison.Ordinal)),
                "day" => ("Authorization", authorization.Replace("/20261124/", "/20261123/", StringComparison.Ordinal)),
                "hash" => ("X-Amz-Content-SHA256", new string('0', 64)),
                "field" => ("X-Amz-Date", "20261124T100001Z"),
                "unsigned field" => ("X-Amz-Meta", "added"),
                _ => ("Authorization", ""),
            };
            request.Headers.Remove(field);
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(field, value);
        });

        answer.Should().Be((HttpStatusCode.Forbidden, code));
        ses.Mails.Should().BeEmpty();
    }

    private static HttpLab Lab(SesSimulator ses, Action<SesOptions>? configure = null, Action<TransactionalMailBuilder>? mail = null) => new()
    {
        IsReal = true,
        Transport = builder =>
        {
            builder.AddSes(options =>
            {
                (options.Region, options.AccessKeyId, options.SecretAccessKey, options.BaseAddress) = ("eu-west-1", ses.AccessKeyId, ses.SecretAccessKey, ses.BaseAddress);
                configure?.Invoke(options);
            });
            mail?.Invoke(builder);
        },
    };

    /// <summary>Signs a request that our transport would not write, and sends it.</summary>
    private static async Task<(HttpStatusCode Status, string? Error)> PostAsync(SesSimulator ses, string body, Action<HttpRequestMessage> tamper)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(ses.BaseAddress, "/v2/email/outbound-emails")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var parameters = new AWSSigV4Parameters { Credentials = new BasicAWSCredentials(ses.AccessKeyId, ses.SecretAccessKey), Region = RegionEndpoint.USEast1, Service = "ses", SignedAt = s_now.UtcDateTime };
        await SesSigning.SignAsync(request, Encoding.UTF8.GetBytes(body), parameters, s_ct);
        tamper(request);
        using var client = new HttpClient();
        using var response = await client.SendAsync(request, s_ct);
        return (response.StatusCode, response.Headers.TryGetValues("x-amzn-ErrorType", out var type) ? type.Single().Split(':')[0] : null);
    }

    private static string Body(string wrong)
    {
        if (wrong is "not json") return "Hello";
        var body = Request(wrong switch
        {
            "no header" => "Hello",
            "no From" => Mime.Replace("From", "X-From", StringComparison.Ordinal),
            "two subjects" => "Subject: first\r\n" + Mime,
            "long line" => Mime + new string('x', 999) + "\r\n",
            _ => Mime,
        });
        var (content, destination) = (body["Content"]!.AsObject(), body["Destination"]!.AsObject());
        Action? change = wrong switch
        {
            "Content: none" => () => body.Remove("Content"),
            "Content.Raw: none" => () => content.Remove("Raw"),
            "Content.Raw.Data: bytes" => () => content["Raw"] = new JsonObject { ["Data"] = "Hello, world" },
            "Content.Simple" => () => content["Simple"] = new JsonObject(),
            "unknown field" => () => body["Colour"] = "red",
            "field in lower case" => () => body["configurationSetName"] = "receipts",
            "unknown field in Destination" => () => destination["To"] = new JsonArray("ada@example.com"),
            "nobody" => () => body.Remove("Destination"),
            "51 recipients" => () => destination["BccAddresses"] = new JsonArray([.. Enumerable.Range(0, 50).Select(i => (JsonNode)$"r{i}@example.com")]),
            "recipient with a name missing its end" => () => destination["CcAddresses"] = new JsonArray("Bob <bob@example.com"),
            "recipient beyond ASCII" => () => destination["CcAddresses"] = new JsonArray("dé@example.com"),
            "recipients as text" => () => destination["CcAddresses"] = "bob@example.com",
            "tag with a space" => () => body["EmailTags"] = Tags(("kind", "a b")),
            "tag without value" => () => body["EmailTags"] = new JsonArray(new JsonObject { ["Name"] = "kind" }),
            "tag of 257" => () => body["EmailTags"] = Tags(("kind", new string('x', 257))),
            "tag twice" => () => body["EmailTags"] = Tags(("kind", "a"), ("kind", "b")),
            "set as number" => () => body["ConfigurationSetName"] = 1,
            _ => null,
        };
        change?.Invoke();
        return body.ToJsonString();
    }

    private static JsonObject Request(string mime) => new()
    {
        ["Destination"] = new JsonObject { ["ToAddresses"] = new JsonArray("ada@example.com") },
        ["Content"] = new JsonObject { ["Raw"] = new JsonObject { ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(mime)) } },
    };

    private static JsonArray Tags(params (string Name, string Value)[] tags) => new([.. tags.Select(static t => (JsonNode)new JsonObject { ["Name"] = t.Name, ["Value"] = t.Value })]);
}
