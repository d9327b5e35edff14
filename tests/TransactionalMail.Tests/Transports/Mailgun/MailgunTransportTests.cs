using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MimeKit;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Mailgun;

namespace TransactionalMail.Tests.Transports.Mailgun;

public sealed class MailgunTransportTests : IAsyncDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly MailgunSimulator _mailgun = new();
    private readonly HttpLab _scripted = new() { Transport = static mail => mail.AddMailgun(Configure) };

    [Fact]
    public async Task Writes_every_field_where_Mailgun_has_one()
    {
        using var lab = Lab();

        var receipt = await lab.SendAsync(new EmailMessage
        {
            From = new EmailAddress("orders@shop.example", "Shop, \"Inc.\""),
            To = ["Ann <ann@example.org>"],
            Cc = ["cee@müller.example"],
            Bcc = ["dee@example.org"],
            Subject = "Receipt 42 – danke",
            TextBody = "Hello",
            Tags = ["receipt", "vip"],
            Metadata = new Dictionary<string, string> { ["order"] = "42 Stück" },
            TrackOpens = true,
            TrackClicks = false,
            ProviderOptions = new Dictionary<string, string> { ["mailgun:require-tls"] = "yes", ["postmark:MessageStream"] = "ignored" },
        });

        var request = _mailgun.Requests.Should().ContainSingle().Which;
        request.Path.Should().Be("/v3/mg.example.com/messages.mime");
        request.Headers["Authorization"].Should().Be($"Basic {Convert.ToBase64String("api:simulated-key"u8)}");
        request.Headers["Content-Type"].Should().StartWith("multipart/form-data");
        var mail = _mailgun.Mails.Should().ContainSingle().Which;
        mail.Recipients.Should().Equal("ann@example.org", "cee@xn--mller-kva.example", "dee@example.org");
        mail.Settings.Select(s => $"{s.Key}={s.Value}").Should().Equal(
            "o:tag=receipt", "o:tag=vip", "v:order=42 Stück", $"v:transactionalmail-id={receipt.Id}", "o:require-tls=yes", "o:tracking-opens=yes", "o:tracking-clicks=no");
        using var arrived = mail.Parse();
        arrived.Subject.Should().Be("Receipt 42 – danke");
        arrived.Headers.Contains(HeaderId.DkimSignature).Should().BeFalse("Mailgun signs");
        arrived.Headers.Select(h => h.Field).Should().NotContain(["X-Tag", "X-Metadata-order"], "they travel beside the mail, where recipients need not read them");
        receipt.MessageId.Should().Be(arrived.MessageId);
        receipt.Recipients.Should().HaveCount(3).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.ProviderMessageId == arrived.MessageId && r.TransportName == "mailgun");
    }

    [Fact]
    public async Task Carries_our_signature_where_it_is_to_and_then_nothing_that_changes_the_body()
    {
        var key = DkimTestKey.ForAcme(DkimTestKey.Rsa2048);
        using var lab = Lab(static mailgun => mailgun.SignsDkim = true, mail => mail.AddDkim(key));

        await lab.SendAsync(Some.Email() with { From = "shop@acme.example" });

        var mail = _mailgun.Mails.Single();
        mail.Settings.Should().Contain(KeyValuePair.Create("o:tracking", "no"));
        DkimCheck.For(key).Verify(mail.Raw.ToArray()).Should().Equal(true);
        DkimCheck.For(key).Verify([.. "X-Mailgun-Sid: WyI\r\nSender: shop=acme.example@mg.example.com\r\n"u8, .. mail.Raw.Span]).Should().Equal([true], "Mailgun adds them");
        DkimCheck.For(key).Verify([.. "Subject: You won\r\n"u8, .. mail.Raw.Span]).Should().Equal(false);
        (await lab.FailureAsync(Some.Email() with { TrackOpens = true })).Failure.Should().Be(TransportFailure.UnsupportedFeature);
    }

    [Fact]
    public async Task Says_what_official_clients_say_of_the_same_mail()
    {
        using var lab = Lab();
        var captures = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path("provider-apis/wire/captures.json"), s_ct))!.AsArray();
        var compared = 0;
        foreach (var capture in captures.Where(c => (string?)c!["provider"] == "mailgun" && !((string?)c["case"])!.StartsWith("scheduled", StringComparison.Ordinal))) // our outbox holds what is not due
        {
            var theirs = Fields(capture!["request"]!);
            var message = MessageOf(theirs);

            await lab.SendAsync(message);

            // They send the parts of a mail, we send the mail; what it says is the same, and so are the settings beside it.
            var mail = _mailgun.Mails[^1];
            var ours = ArrivedMail.FromMime(mail.Raw, null).Message;
            (ours.From, ours.Subject, ours.TextBody?.Trim(), ours.HtmlBody?.Trim()).Should().Be((message.From, message.Subject, message.TextBody?.Trim(), message.HtmlBody?.Trim()));
            ours.To.Should().Equal(message.To);
            ours.Cc.Should().Equal(message.Cc);
            ours.ReplyTo.Should().Equal(message.ReplyTo);
            ours.Headers.Where(h => message.Headers.ContainsKey(h.Key)).Should().BeEquivalentTo(message.Headers);
            ours.Attachments.Select(a => (a.FileName, a.ContentType, a.ContentId)).Should().Equal(message.Attachments.Select(a => (a.FileName, a.ContentType, a.ContentId)));
            mail.Recipients.Should().Equal(message.To.Concat(message.Cc).Concat(message.Bcc).Select(r => r.SmtpAddress));
            mail.Settings.Where(s => s.Key is not "v:transactionalmail-id").Select(s => $"{s.Key}={s.Value}").Should() // ours alone: it comes back with events
                .BeEquivalentTo(theirs.Where(f => f.Name.StartsWith("o:", StringComparison.Ordinal) || f.Name.StartsWith("v:", StringComparison.Ordinal)).Select(f => $"{f.Name}={f.Value}"));
            compared++;
        }

        compared.Should().BeGreaterThanOrEqualTo(7);
    }

    [Theory]
    [InlineData("recipients", "1000 recipients")]
    [InlineData("utf8", "ASCII")]
    [InlineData("option", "mailgun:Colour")]
    [InlineData("option in capitals", "Mailgun:dkim")]
    [InlineData("id", "transactionalmail-id")]
    [InlineData("id in capitals", "transactionalmail-id")]
    [InlineData("header", "X-Mailgun-Drop-Message")]
    [InlineData("tags", "10 Tags")]
    [InlineData("twice", "once")]
    [InlineData("long tag", "128 characters")]
    [InlineData("much metadata", "4 KB")]
    [InlineData("long option", "16 KB")]
    public async Task Refuses_before_any_call_what_Mailgun_has_no_field_for(string what, string named)
    {
        var message = what switch
        {
            "recipients" => Some.Email([.. Enumerable.Range(0, 1001).Select(i => new EmailAddress($"r{i}@example.com"))]),
            "utf8" => Some.Email("dé@example.com"),
            "option" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["mailgun:Colour"] = "red" } },
            "option in capitals" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["Mailgun:dkim"] = "no" } },
            "id in capitals" => Some.Email() with { Metadata = new Dictionary<string, string> { ["TransactionalMail-Id"] = "x" } },
            "header" => Some.Email() with { Headers = new Dictionary<string, string> { ["X-Mailgun-Drop-Message"] = "yes" } },
            "tags" => Some.Email() with { Tags = [.. Enumerable.Range(0, 11).Select(i => $"tag {i}")] },
            "twice" => Some.Email() with { Tags = ["a", "A"] },
            "long tag" => Some.Email() with { Tags = [new string('a', 129)] },
            "much metadata" => Some.Email() with { Metadata = Enumerable.Range(0, 4).ToDictionary(i => $"k{i}", _ => new string('ä', 510)) },
            "long option" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["mailgun:archive-to"] = "https://acme.example/" + new string('a', 16 * 1024) } },
            _ => Some.Email() with { Metadata = new Dictionary<string, string> { ["transactionalmail-id"] = "x" } },
        };

        var failure = await _scripted.FailureAsync(message);

        failure.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        failure.Message.Should().Contain(named).And.Contain("mailgun");
        _scripted.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_a_mail_that_is_too_large_before_any_call()
    {
        (await _scripted.FailureAsync(Some.Email() with { Attachments = [new EmailAttachment("a.bin", new byte[20 * 1024 * 1024])] })).Failure.Should().Be(TransportFailure.MessageTooLarge);
        _scripted.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(400, "'to' parameter is not a valid address", TransportFailure.MessageRejected)]
    [InlineData(402, "request failed", TransportFailure.MessageRejected)]
    [InlineData(400, "Domain mg.acme.example is not allowed to send: recently disabled", TransportFailure.SenderRejected)]
    [InlineData(403, "Domain mg.acme.example is not allowed to send: The domain is unverified and requires DNS configuration.", TransportFailure.SenderRejected)]
    [InlineData(403, "no such permission", TransportFailure.Authentication)]
    [InlineData(404, "Domain not found", TransportFailure.SenderRejected)]
    [InlineData(413, "too large", TransportFailure.MessageTooLarge)]
    [InlineData(500, "oops", TransportFailure.Unavailable)]
    public async Task Understands_the_statuses_of_Mailgun_H04(int status, string said, TransportFailure expected)
    {
        _scripted.Answers((HttpStatusCode)status, $$"""{"message":"{{said}} key-1 ada@example.com"}""");

        var failure = await _scripted.FailureAsync();

        failure.Failure.Should().Be(expected);
        failure.Message.Should().Contain(said).And.NotContain("key-1").And.NotContain("ada@");
    }

    [Fact]
    public async Task A_wrong_key_is_answered_with_a_bare_word_H04()
    {
        _scripted.Answers(HttpStatusCode.Unauthorized, "Forbidden");

        (await _scripted.FailureAsync()).Failure.Should().Be(TransportFailure.Authentication);
    }

    [Theory]
    [InlineData("limit exceeded, try again after 120 seconds", 120)]
    [InlineData("limit exceeded, try again after 1 second", 1)]
    [InlineData("try again after 999999999 seconds", 86400)]
    [InlineData("try again after 99999999999999999999 seconds", null)]
    [InlineData("try again after a while", null)]
    public async Task Waits_as_long_as_the_sentence_says_H01_H02(string said, int? seconds)
    {
        _scripted.Answers(HttpStatusCode.TooManyRequests, $$"""{"message":"Domain x is not allowed to send: account-requests-per-sec {{said}}"}""");

        var failure = await _scripted.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Throttled);
        failure.RetryAfter.Should().Be(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Fact]
    public async Task The_test_mode_sends_nothing()
    {
        using var lab = new HttpLab
        {
            Transport = mail => mail.AddTransport("mailgun", $"mailgun://simulated-key@default/mg.example.com?sandbox=true&baseAddress={_mailgun.BaseAddress}"),
            IsReal = true,
        };

        await lab.SendAsync(Some.Email());

        _mailgun.Requests.Should().ContainSingle();
        _mailgun.Mails.Should().BeEmpty();
    }

    [Theory]
    [InlineData("mailgun://key@default/mg.example.com", "https://api.mailgun.net/v3/mg.example.com/messages.mime")]
    [InlineData("mailgun://key@default/mg.example.com?region=eu", "https://api.eu.mailgun.net/v3/mg.example.com/messages.mime")]
    [InlineData("mailgun://key@proxy.example:8443?domain=mg.example.com", "https://proxy.example:8443/v3/mg.example.com/messages.mime")]
    public async Task Goes_to_the_region_of_the_domain(string dsn, string expected)
    {
        using var lab = new HttpLab { Transport = mail => mail.AddTransport("mailgun", dsn) };
        lab.Answers(HttpStatusCode.OK, "{}");

        await lab.SendAsync(Some.Email());

        lab.Requests[0].Request.RequestUri.Should().Be(expected);
    }

    [Theory]
    [InlineData("mailgun://default/mg.example.com", "ApiKey is missing")]
    [InlineData("mailgun://a%20b@default/mg.example.com", "ApiKey holds a space")]
    [InlineData("mailgun://key@default", "Domain is missing")]
    [InlineData("mailgun://key@default/mg.example.com%2Fmessages%3Fx", "Domain is not a domain name")]
    [InlineData("mailgun://key@default/mg.example.com?region=9", "Region is not a region")]
    [InlineData("mailgun://key@default/mg.example.com?baseAddress=http://api.example", "BaseAddress is not an https address")]
    [InlineData("mailgun://key@default/mg.example.com?colour=red", "there is no setting \"colour\"")]
    [InlineData("mailgun://key@default/mg.example.com?webhookSigningKey=short", "WebhookSigningKey is shorter")]
    public void Names_every_fault_of_its_settings_without_the_key(string dsn, string fault)
    {
        using var lab = new HttpLab { Transport = mail => mail.AddTransport("mailgun", dsn) };

        var resolving = () => lab.Services.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage($"*{fault}*").And.Message.Should().NotContain("a b");
    }

    public async ValueTask DisposeAsync()
    {
        _scripted.Dispose();
        await _mailgun.DisposeAsync();
    }

    private static void Configure(MailgunOptions mailgun) => (mailgun.ApiKey, mailgun.Domain) = ("key-1", "mg.example.com");

    private HttpLab Lab(Action<MailgunOptions>? configure = null, Action<TransactionalMailBuilder>? add = null) => new()
    {
        IsReal = true,
        Transport = mail =>
        {
            mail.AddMailgun(mailgun =>
            {
                (mailgun.ApiKey, mailgun.Domain, mailgun.BaseAddress) = (_mailgun.ApiKey, _mailgun.Domain, _mailgun.BaseAddress);
                configure?.Invoke(mailgun);
            });
            add?.Invoke(mail);
        },
    };

    private static List<(string Name, string? File, string? Type, string Value)> Fields(JsonNode request)
    {
        if (request["form"] is JsonArray form) return [.. form.Select(f => ((string)f![0]!, (string?)null, (string?)null, (string)f[1]!))];
        return
        [
            .. request["multipart"]!.AsArray().Select(part =>
            {
                var disposition = ContentDisposition.Parse(((string)part!["headers"]![0]!)["Content-Disposition: ".Length..]);
                var value = (string?)part["value"] ?? Encoding.Latin1.GetString(Convert.FromBase64String((string)part["base64"]!));
                return (disposition.Parameters["name"]!, disposition.FileName, ((string?)part["headers"]!.AsArray().ElementAtOrDefault(1))?["Content-Type: ".Length..], value);
            }),
        ];
    }

    private static EmailMessage MessageOf(List<(string Name, string? File, string? Type, string Value)> fields)
    {
        var byName = fields.ToLookup(f => f.Name, f => f.Value);
        return new EmailMessage
        {
            From = byName["from"].Single(),
            To = [.. byName["to"].Select(to => (EmailAddress)to)],
            Cc = [.. byName["cc"].Select(cc => (EmailAddress)cc)],
            Bcc = [.. byName["bcc"].Select(bcc => (EmailAddress)bcc)],
            ReplyTo = [.. byName["h:Reply-To"].Select(to => (EmailAddress)to)],
            Subject = byName["subject"].Single(),
            TextBody = byName["text"].SingleOrDefault(),
            HtmlBody = byName["html"].SingleOrDefault(),
            Headers = fields.Where(f => f.Name.StartsWith("h:", StringComparison.Ordinal) && f.Name is not "h:Reply-To").ToDictionary(f => f.Name[2..], f => f.Value),
            Tags = [.. byName["o:tag"]],
            Metadata = fields.Where(f => f.Name.StartsWith("v:", StringComparison.Ordinal)).ToDictionary(f => f.Name[2..], f => f.Value),
            TrackOpens = byName["o:tracking-opens"].SingleOrDefault() is { } opens ? opens is "yes" : null,
            TrackClicks = byName["o:tracking-clicks"].SingleOrDefault() is "yes" ? true : null,
            ProviderOptions = byName["o:tracking-clicks"].Where(c => c is not "yes").ToDictionary(_ => "mailgun:tracking-clicks"),
            Attachments = [.. fields.Where(f => f.File is not null).Select(f => new EmailAttachment(f.File!, Encoding.Latin1.GetBytes(f.Value), f.Type) { ContentId = f.Name is "inline" ? f.File : null })],
        };
    }
}
