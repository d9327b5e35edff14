using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

public sealed class SesTransportTests : IDisposable
{
    private const string Id = "010f0192d5c0ffee-6c1a5a3e-0000-4000-8000-000000000001-000000";
    private const string Ok = $$"""{"MessageId":"{{Id}}"}""";

    private readonly HttpLab _lab = Lab(static _ => { });

    [Fact]
    public async Task Writes_every_field_where_SES_has_one()
    {
        using var lab = Lab(static ses => (ses.ConfigurationSet, ses.SessionToken) = ("receipts", "session-token-1")).Answers(HttpStatusCode.OK, Ok);

        var receipt = await lab.SendAsync(new EmailMessage
        {
            From = "Shop <orders@shop.example>",
            EnvelopeSender = "bounces@shop.example",
            To = ["Ann <ann@example.org>", "bob@example.org"],
            Cc = ["cee@müller.example"],
            Bcc = ["dee@example.org"],
            Subject = "Receipt 42",
            TextBody = "Hello",
            Tags = ["receipt", "größe 42", "spring"],
            Metadata = new Dictionary<string, string> { ["order"] = "42", ["name"] = "Zoë", ["dotted.name"] = "x", ["Tag"] = "taken" },
            ProviderOptions = new Dictionary<string, string> { ["ses:TenantName"] = "acme", ["ses:FromEmailAddressIdentityArn"] = "arn:aws:ses:eu-west-1:1:identity/shop.example", ["postmark:MessageStream"] = "ignored" },
        });

        var (request, body) = lab.Requests.Should().ContainSingle().Which;
        request.Method.Should().Be(HttpMethod.Post);
        request.RequestUri.Should().Be("https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails");
        request.Content!.Headers.ContentType!.ToString().Should().Be("application/json");
        request.Headers.GetValues("X-Amz-Date").Should().Equal("20261124T100000Z");
        request.Headers.GetValues("X-Amz-Security-Token").Should().Equal("session-token-1");
        request.Headers.GetValues("Authorization").Single().Should()
            .StartWith("AWS4-HMAC-SHA256 Credential=AKIATEST/20261124/eu-west-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=");
        var json = JsonNode.Parse(body)!.AsObject();
        var mime = Encoding.ASCII.GetString(Convert.FromBase64String((string)json["Content"]!["Raw"]!["Data"]!));
        json.Remove("Content");
        JsonNode.DeepEquals(json, JsonNode.Parse($$"""
            {
              "Destination": { "ToAddresses": [ "ann@example.org", "bob@example.org" ], "CcAddresses": [ "cee@xn--mller-kva.example" ], "BccAddresses": [ "dee@example.org" ] },
              "EmailTags": [
                { "Name": "transactionalmail-id", "Value": "{{receipt.Id}}" },
                { "Name": "tag", "Value": "receipt" },
                { "Name": "tag-2", "Value": "spring" },
                { "Name": "order", "Value": "42" } ],
              "FromEmailAddressIdentityArn": "arn:aws:ses:eu-west-1:1:identity/shop.example",
              "FeedbackForwardingEmailAddress": "bounces@shop.example",
              "ConfigurationSetName": "receipts",
              "TenantName": "acme"
            }
            """)).Should().BeTrue(json.ToJsonString());
        mime.Should().Contain("From: Shop <orders@shop.example>\r\n").And.Contain("X-Tag: receipt\r\n").And.Contain("X-Tag: spring\r\n").And.Contain("X-Metadata-order: 42\r\n").And.Contain("X-Metadata-Tag: taken\r\n")
            .And.Contain("X-Metadata-name: =?utf-8?").And.Contain($"X-TransactionalMail-Id: {receipt.Id}\r\n").And.NotContain("dee@").And.NotContain("bounces@");
        receipt.MessageId.Should().Be($"{Id}@eu-west-1.amazonses.com");
        receipt.Recipients.Should().HaveCount(4).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.ProviderMessageId == Id && r.TransportName == "ses");
    }

    [Theory]
    [InlineData("us-east-1", "email.us-east-1.amazonaws.com", "email.amazonses.com")]
    [InlineData("eu-west-1", "email.eu-west-1.amazonaws.com", "eu-west-1.amazonses.com")]
    [InlineData("cn-north-1", "email.cn-north-1.amazonaws.com.cn", null)]
    [InlineData("us-gov-west-1", "email.us-gov-west-1.amazonaws.com", "us-gov-west-1.amazonses.com")]
    [InlineData("xx-later-9", "email.xx-later-9.amazonaws.com", "xx-later-9.amazonses.com")]
    public async Task Finds_a_region(string region, string host, string? domain)
    {
        using var lab = Lab(ses => ses.Region = region).Answers(HttpStatusCode.OK, Ok);

        (await lab.SendAsync(Some.Email())).MessageId.Should().Be(domain is null ? null : $"{Id}@{domain}");

        lab.Requests[0].Request.RequestUri!.Host.Should().Be(host);
        lab.Requests[0].Request.Headers.GetValues("Authorization").Single().Should().Contain($"/{region}/ses/aws4_request");
    }

    [Fact]
    public async Task Signs_for_the_region_wherever_the_endpoint_is()
    {
        using var lab = new HttpLab { Transport = static mail => mail.AddSes().AddTransport("fips", "ses://AKIATEST:se%2Fcret@email-fips.us-east-1.amazonaws.com?region=us-east-1&configurationSet=receipts") };
        lab.Answers(HttpStatusCode.OK, Ok);

        await lab.SendAsync(Some.Email());

        lab.Requests[0].Request.RequestUri.Should().Be("https://email-fips.us-east-1.amazonaws.com/v2/email/outbound-emails");
        lab.Requests[0].Request.Headers.GetValues("Authorization").Single().Should().Contain("Credential=AKIATEST/20261124/us-east-1/ses/");
        lab.Requests[0].Body.Should().Contain("\"ConfigurationSetName\":\"receipts\"");
    }

    [Theory]
    [InlineData("recipients", "50 recipients")]
    [InlineData("utf8", "ASCII")]
    [InlineData("utf8 sender", "ASCII")]
    [InlineData("utf8 reply", "ASCII")]
    [InlineData("option", "ses:Colour")]
    [InlineData("header", "X-SES-CONFIGURATION-SET")]
    [InlineData("id", "transactionalmail-id")]
    [InlineData("opens", "OpenTracking")]
    [InlineData("clicks", "ClickTracking")]
    public async Task Refuses_before_any_call_what_SES_has_no_field_for(string what, string named)
    {
        var message = what switch
        {
            "recipients" => Some.Email([.. Enumerable.Range(0, 51).Select(i => new EmailAddress($"r{i}@example.com"))]),
            "utf8" => Some.Email("dé@example.com"),
            "utf8 sender" => Some.Email() with { EnvelopeSender = "dé@acme.example" },
            "utf8 reply" => Some.Email() with { ReplyTo = ["dé@acme.example"] },
            "option" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["ses:Colour"] = "red" } },
            "header" => Some.Email() with { Headers = new Dictionary<string, string> { ["X-SES-CONFIGURATION-SET"] = "other" } },
            "opens" => Some.Email() with { TrackOpens = true },
            "clicks" => Some.Email() with { TrackClicks = true },
            _ => Some.Email() with { Metadata = new Dictionary<string, string> { ["transactionalmail-id"] = "x" } },
        };

        var failure = await _lab.FailureAsync(message);

        failure.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        failure.Message.Should().Contain(named).And.Contain("ses");
        _lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_a_mail_that_is_too_large_before_any_call()
    {
        (await _lab.FailureAsync(Some.Email() with { Attachments = [new EmailAttachment("a.bin", new byte[31 * 1024 * 1024])] })).Failure.Should().Be(TransportFailure.MessageTooLarge);
        _lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Tracks_where_the_configuration_set_does_and_cannot_leave_it_out()
    {
        using var lab = Lab(static ses => (ses.ConfigurationSet, ses.TracksOpens, ses.TracksClicks) = ("tracking", true, true));
        lab.Answers(HttpStatusCode.OK, Ok).Answers(HttpStatusCode.OK, Ok);

        await lab.SendAsync(Some.Email() with { TrackOpens = true, TrackClicks = true });
        (await lab.FailureAsync(Some.Email() with { TrackOpens = false })).Message.Should().Contain("TrackOpens = false");
        (await lab.FailureAsync(Some.Email() with { TrackClicks = false })).Message.Should().Contain("TrackClicks = false");
        await lab.SendAsync(Some.Email() with { TrackOpens = false, ProviderOptions = new Dictionary<string, string> { ["ses:ConfigurationSetName"] = "quiet" } });

        lab.Requests.Should().HaveCount(2);
        lab.Requests[1].Body.Should().Contain("\"ConfigurationSetName\":\"quiet\"");
    }

    [Theory]
    [InlineData(400, "MessageRejected", "Email address is not verified. The following identities failed the check in region EU-WEST-1: ada@example.com", TransportFailure.SenderRejected)]
    [InlineData(400, "MessageRejected", "Illegal content", TransportFailure.MessageRejected)]
    [InlineData(400, "MailFromDomainNotVerifiedException", "MAIL FROM", TransportFailure.SenderRejected)]
    [InlineData(400, "AccountSuspendedException", "suspended", TransportFailure.QuotaExceeded)]
    [InlineData(400, "SendingPausedException", "paused", TransportFailure.QuotaExceeded)]
    [InlineData(400, "LimitExceededException", "too many of something", TransportFailure.QuotaExceeded)]
    [InlineData(400, "LimitExceededException", "Maximum sending rate exceeded.", TransportFailure.Throttled)]
    [InlineData(429, "TooManyRequestsException", "Maximum sending rate exceeded.", TransportFailure.Throttled)]
    [InlineData(429, "TooManyRequestsException", "Daily message quota exceeded.", TransportFailure.QuotaExceeded)]
    [InlineData(400, "ThrottlingException", "Rate exceeded", TransportFailure.Throttled)]
    [InlineData(400, "Throttling", "Daily message quota exceeded.", TransportFailure.QuotaExceeded)]
    [InlineData(404, "NotFoundException", "Configuration set <x> does not exist.", TransportFailure.SenderRejected)]
    [InlineData(400, "BadRequestException", "Illegal address", TransportFailure.MessageRejected)]
    [InlineData(400, "BadRequestException", "Message length is more than 41943040 bytes long", TransportFailure.MessageTooLarge)]
    [InlineData(403, "InvalidClientTokenId", "The security token included in the request is invalid.", TransportFailure.Authentication)]
    [InlineData(403, "UnrecognizedClientException", "The security token included in the request is invalid.", TransportFailure.Authentication)]
    [InlineData(403, "SignatureDoesNotMatch", "The request signature we calculated does not match", TransportFailure.Authentication)]
    [InlineData(403, "InvalidSignatureException", "Signature expired: 20261124T094000Z is now earlier", TransportFailure.Authentication)]
    [InlineData(403, "ExpiredTokenException", "The security token included in the request is expired", TransportFailure.Authentication)]
    [InlineData(403, "AccessDeniedException", "User is not authorized to perform ses:SendRawEmail", TransportFailure.Authentication)]
    [InlineData(500, "InternalFailure", "x", TransportFailure.Unavailable)]
    [InlineData(503, "ServiceUnavailable", "x", TransportFailure.Unavailable)]
    [InlineData(400, "NeverSeenException", "x", TransportFailure.MessageRejected)]
    [InlineData(200, "NeverSeenException", "an error in a success", TransportFailure.MessageRejected)]
    public async Task Understands_the_errors_of_SES_H04_H08(int status, string code, string said, TransportFailure expected)
    {
        var text = JsonValue.Create($"{said} with secret-access-key-1 for ada@example.com").ToJsonString();
        using var header = Lab(static _ => { }).Answers((HttpStatusCode)status, $$"""{"message":{{text}}}""", ("x-amzn-ErrorType", $"{code}:http://internal.amazon.com/coral/"));
        using var type = Lab(static _ => { }).Answers((HttpStatusCode)status, $$"""{"__type":"com.amazonaws.sesv2#{{code}}","Message":{{text}}}""");
        using var plain = Lab(static _ => { }).Answers((HttpStatusCode)status, $$"""{"code":"{{code}}","message":{{text}}}""");

        foreach (var lab in (HttpLab[])[header, type, plain])
        {
            var failure = await lab.FailureAsync();
            failure.Failure.Should().Be(expected);
            failure.ProviderCode.Should().Be(code);
            failure.Message.Should().Contain(said[..Math.Min(30, said.Length)]).And.NotContain("secret-access-key-1").And.NotContain("ada@");
        }
    }

    [Fact]
    public async Task Tells_a_wrong_clock_from_a_wrong_secret()
    {
        using var clock = Lab(static _ => { }).Answers(HttpStatusCode.Forbidden, """{"message":"Signature expired: 20261124T094000Z is now earlier than 20261124T095500Z"}""", ("x-amzn-ErrorType", "SignatureDoesNotMatch"));
        using var secret = Lab(static _ => { }).Answers(HttpStatusCode.Forbidden, """{"message":"The request signature we calculated does not match"}""", ("x-amzn-ErrorType", "SignatureDoesNotMatch"));

        (await clock.FailureAsync()).Message.Should().Contain("clock");
        (await secret.FailureAsync()).Message.Should().Contain("SecretAccessKey");
    }

    [Theory]
    [InlineData("AKIATEST")]
    [InlineData("SecretAKIATESTException")]
    public async Task Never_tells_a_secret_that_stands_for_an_error(string type)
    {
        using var lab = Lab(static _ => { }).Answers(HttpStatusCode.BadRequest, $$"""{"__type":"{{type}}"}""");

        var failure = await lab.FailureAsync();
        $"{failure} {failure.ProviderCode}".Should().NotContain("AKIATEST");
    }

    [Fact]
    public async Task Never_tells_a_token_that_SES_quotes_from_the_request()
    {
        using var lab = Lab(static ses => ses.SessionToken = "session/token+1==").Answers(HttpStatusCode.Forbidden, """{"message":"The Canonical String should have been 'x-amz-security-token:session/token+1=='"}""", ("x-amzn-ErrorType", "SignatureDoesNotMatch"));

        (await lab.FailureAsync()).ToString().Should().NotContain("session/token").And.NotContain("AKIATEST");
    }

    [Theory]
    [InlineData("ses://default?region=Ireland", "Region is missing, or not the name of a region")]
    [InlineData("ses://default?region=a.b", "Region is missing, or not the name of a region")]
    [InlineData("ses://s3cr3t@default?region=eu-west-1", "AccessKeyId and SecretAccessKey belong together")]
    [InlineData("ses://default?region=eu-west-1&sessionToken=s3cr3t", "SessionToken belongs to AccessKeyId")]
    [InlineData("ses://key:s3cr3t@default?region=eu-west-1&profile=acme", "Profile and AccessKeyId exclude each other")]
    [InlineData("ses://default?region=eu-west-1&profile=", "Profile is blank")]
    [InlineData("ses://key:s3cr3t%20x@default?region=eu-west-1", "holds a space")]
    [InlineData("ses://default?region=eu-west-1&configurationSet=a%20b", "ConfigurationSet is not the name of one")]
    [InlineData("ses://default?region=eu-west-1&signsDkim=true&tracksOpens=true", "SignsDkim excludes TracksOpens")]
    [InlineData("ses://default?region=eu-west-1&baseAddress=http://api.example", "BaseAddress is not an https address")]
    [InlineData("ses://default?region=eu-west-1&timeout=00:00:00", "Timeout is not positive")]
    [InlineData("ses://default?region=eu-west-1&colour=red", "there is no setting \"colour\"")]
    public void Names_every_fault_of_its_settings_without_the_secret(string dsn, string fault)
    {
        using var lab = new HttpLab { Transport = mail => mail.AddSes().AddTransport("ses", dsn) };

        var resolving = () => lab.Services.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage($"*{fault}*").And.Message.Should().NotContain("s3cr3t");
    }

    [Fact]
    public async Task Is_configured_by_a_section()
    {
        await using var ses = new SesSimulator { Region = "eu-west-1", SessionToken = "token" };
        var services = new ServiceCollection();
        services.AddTransactionalMail(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["From"] = "no-reply@acme.example",
            ["Transports:primary:Provider"] = "ses",
            ["Transports:primary:Region"] = "eu-west-1",
            ["Transports:primary:AccessKeyId"] = ses.AccessKeyId,
            ["Transports:primary:SecretAccessKey"] = ses.SecretAccessKey,
            ["Transports:primary:SessionToken"] = "token",
            ["Transports:primary:ConfigurationSet"] = "receipts",
            ["Transports:primary:TracksOpens"] = "true",
            ["Transports:primary:BaseAddress"] = ses.BaseAddress.ToString(),
        }).Build()).AddSes();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<ITransactionalMailer>().SendAsync(Some.Email() with { TrackOpens = true }, TestContext.Current.CancellationToken);

        ses.Mails.Should().ContainSingle().Which.ConfigurationSet.Should().Be("receipts");
    }

    [Fact]
    public void Its_options_print_no_secret() =>
        new SesOptions { AccessKeyId = "AKIATEST", SecretAccessKey = "s3cr3t", SessionToken = "t0ken", Region = "eu-west-1" }.ToString().Should().Contain("eu-west-1").And.NotContainAny("AKIATEST", "s3cr3t", "t0ken");

    public void Dispose() => _lab.Dispose();

    private static HttpLab Lab(Action<SesOptions> configure) => new()
    {
        Transport = mail => mail.AddSes(ses =>
        {
            (ses.Region, ses.AccessKeyId, ses.SecretAccessKey) = ("eu-west-1", "AKIATEST", "secret-access-key-1");
            configure(ses);
        }),
    };
}
