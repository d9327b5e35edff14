using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Postmark;

namespace TransactionalMail.Tests.Transports.Postmark;

public sealed class PostmarkTransportTests : IDisposable
{
    private const string Ok = """{"To":"ada@example.com","SubmittedAt":"2026-11-24T10:00:00.0000000Z","MessageID":"0a129aee-e1cd-480d-b08d-4f48548ff48d","ErrorCode":0,"Message":"OK"}""";

    private readonly HttpLab _lab = new() { Transport = static mail => mail.AddPostmark(postmark => postmark.Token = "server-token-1") };

    [Fact]
    public async Task Writes_every_field_where_Postmark_has_one()
    {
        _lab.Answers(HttpStatusCode.OK, Ok);

        var receipt = await _lab.SendAsync(new EmailMessage
        {
            From = new EmailAddress("orders@shop.example", "Shop, \"Inc.\""),
            To = ["Ann <ann@example.org>", "bob@example.org"],
            Cc = ["cee@müller.example"],
            Bcc = ["dee@example.org"],
            ReplyTo = ["Help <help@shop.example>"],
            Subject = "Receipt 42 – danke",
            TextBody = "Hello",
            HtmlBody = "<img src=\"cid:logo\">",
            Headers = new Dictionary<string, string> { ["X-Order"] = "42" },
            Attachments = [new EmailAttachment("logo.png", "png"u8.ToArray()) { ContentId = "logo" }, new EmailAttachment("invoice.pdf", "pdf"u8.ToArray())],
            Tags = ["receipt"],
            Metadata = new Dictionary<string, string> { ["order"] = "42" },
            TrackOpens = true,
            TrackClicks = false,
            ProviderOptions = new Dictionary<string, string> { ["postmark:MessageStream"] = "receipts", ["sendgrid:ip_pool_name"] = "ignored" },
        });

        var (request, body) = _lab.Requests.Should().ContainSingle().Which;
        request.Method.Should().Be(HttpMethod.Post);
        request.RequestUri.Should().Be("https://api.postmarkapp.com/email");
        request.Headers.GetValues("X-Postmark-Server-Token").Should().Equal("server-token-1");
        request.Headers.Accept.ToString().Should().Be("application/json");
        JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse($$"""
            {
              "From": "\"Shop, \\\"Inc.\\\"\" <orders@shop.example>",
              "To": "\"Ann\" <ann@example.org>, bob@example.org",
              "Cc": "cee@xn--mller-kva.example",
              "Bcc": "dee@example.org",
              "ReplyTo": "\"Help\" <help@shop.example>",
              "Subject": "Receipt 42 – danke",
              "Tag": "receipt",
              "HtmlBody": "<img src=\"cid:logo\">",
              "TextBody": "Hello",
              "Headers": [ { "Name": "X-Order", "Value": "42" } ],
              "TrackOpens": true,
              "TrackLinks": "None",
              "Attachments": [
                { "Name": "logo.png", "Content": "cG5n", "ContentType": "image/png", "ContentID": "cid:logo" },
                { "Name": "invoice.pdf", "Content": "cGRm", "ContentType": "application/pdf" } ],
              "Metadata": { "order": "42", "transactionalmail-id": "{{receipt.Id}}" },
              "MessageStream": "receipts"
            }
            """)).Should().BeTrue(body);
        receipt.MessageId.Should().BeNull("Postmark replaces it");
        receipt.Recipients.Should().HaveCount(4).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.ProviderMessageId == "0a129aee-e1cd-480d-b08d-4f48548ff48d" && r.TransportName == "postmark");
    }

    [Fact]
    public async Task Writes_what_official_clients_write_for_the_same_mail()
    {
        var captures = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path("provider-apis/wire/captures.json"), TestContext.Current.CancellationToken))!.AsArray();
        var compared = 0;
        foreach (var capture in captures.Where(c => (string?)c!["provider"] == "postmark" && (string?)c["request"]!["path"] == "/email"))
        {
            var theirs = capture!["request"]!["json"]!.AsObject();
            _lab.Answers(HttpStatusCode.OK, Ok);
            await _lab.SendAsync(MessageOf(theirs));

            var ours = JsonNode.Parse(_lab.Requests[^1].Body)!.AsObject();
            ours["Metadata"]!.AsObject().Remove("transactionalmail-id"); // ours alone: it comes back with webhooks
            if (ours["Metadata"]!.AsObject().Count == 0) ours.Remove("Metadata");
            foreach (var field in (string[])["From", "To", "Cc", "ReplyTo"]) // we quote every display name, they those that need it
            {
                if (ours[field] is { } value && theirs[field] is { } other) ours[field] = Unquoted((string)value!) == Unquoted((string)other!) ? (string)other! : (string)value!;
            }

            if (theirs["Metadata"] is JsonObject metadata) theirs["Metadata"] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)$"{m.Value}")).ToArray()); // a number once: known_defect
            JsonNode.DeepEquals(ours, theirs).Should().BeTrue("{0} of {1} is {2}, ours is {3}", capture["case"], capture["sender"], theirs.ToJsonString(), ours.ToJsonString());
            compared++;
        }

        compared.Should().BeGreaterThanOrEqualTo(7);
    }

    [Theory]
    [InlineData("tags", "SeveralTags")]
    [InlineData("recipients", "50 recipients")]
    [InlineData("empty", "body")]
    [InlineData("utf8", "ASCII")]
    [InlineData("option", "postmark:Colour")]
    [InlineData("id", "transactionalmail-id")]
    public async Task Refuses_before_any_call_what_Postmark_has_no_field_for(string what, string named)
    {
        var message = what switch
        {
            "tags" => Some.Email() with { Tags = ["a", "b"] },
            "recipients" => Some.Email([.. Enumerable.Range(0, 51).Select(i => new EmailAddress($"r{i}@example.com"))]),
            "empty" => Some.Email() with { TextBody = null, Attachments = [new EmailAttachment("a.txt", "a"u8.ToArray())] },
            "utf8" => Some.Email("dé@example.com"),
            "option" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["postmark:Colour"] = "red" } },
            _ => Some.Email() with { Metadata = new Dictionary<string, string> { ["transactionalmail-id"] = "x" } },
        };

        var failure = await _lab.FailureAsync(message);

        failure.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        failure.Message.Should().Contain(named).And.Contain("postmark");
        _lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_an_envelope_sender_before_any_call()
    {
        (await _lab.FailureAsync(Some.Email() with { EnvelopeSender = "bounces@acme.example" })).Message.Should().Contain("EnvelopeSender");
        _lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_a_payload_that_is_too_large_before_any_call()
    {
        (await _lab.FailureAsync(Some.Email() with { Attachments = [new EmailAttachment("a.bin", new byte[8 * 1024 * 1024])] })).Failure.Should().Be(TransportFailure.MessageTooLarge);
        _lab.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(401, 10, "No Account or Server API tokens were supplied", TransportFailure.Authentication)]
    [InlineData(422, 300, "Invalid email request", TransportFailure.MessageRejected)]
    [InlineData(422, 400, "The 'From' address you supplied is not a Sender Signature", TransportFailure.SenderRejected)]
    [InlineData(422, 401, "not confirmed", TransportFailure.SenderRejected)]
    [InlineData(422, 405, "Not allowed to send", TransportFailure.QuotaExceeded)]
    [InlineData(422, 411, "Forbidden attachment", TransportFailure.MessageRejected)]
    [InlineData(422, 413, "may not send", TransportFailure.SenderRejected)]
    [InlineData(422, 1226, "stream not found", TransportFailure.SenderRejected)]
    [InlineData(503, 100, "Maintenance", TransportFailure.Unavailable)]
    [InlineData(200, 300, "an error in a success", TransportFailure.MessageRejected)]
    public async Task Understands_the_codes_of_Postmark_H04_H08(int status, int code, string said, TransportFailure expected)
    {
        _lab.Answers((HttpStatusCode)status, $$"""{"ErrorCode":{{code}},"Message":"{{said}} server-token-1 ada@example.com"}""");

        var failure = await _lab.FailureAsync();

        failure.Failure.Should().Be(expected);
        failure.ProviderCode.Should().Be($"{code}");
        failure.Message.Should().Contain(said).And.NotContain("server-token-1").And.NotContain("ada@");
    }

    [Fact]
    public async Task Reads_a_code_that_is_a_string()
    {
        _lab.Answers(HttpStatusCode.UnprocessableEntity, """{"ErrorCode":"400","Message":"x"}""");

        (await _lab.FailureAsync()).Failure.Should().Be(TransportFailure.SenderRejected);
    }

    [Fact]
    public async Task Recipients_whom_Postmark_suppresses_are_told_apart_H12()
    {
        _lab.Answers(HttpStatusCode.OK, """{"MessageID":"b1","ErrorCode":0,"Message":"Message OK, but will not deliver to these inactive addresses: gone@example.com, left@example.com. Inactive recipients are ones that have generated a hard bounce."}""");

        var receipt = await _lab.SendAsync(Some.Email("ada@example.com", "Gone@example.com", "left@example.com"));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Suppressed, RecipientStatus.Suppressed);
    }

    [Fact]
    public async Task A_mail_whose_every_recipient_is_suppressed_is_policy_not_failure()
    {
        _lab.Answers(HttpStatusCode.UnprocessableEntity, """{"ErrorCode":406,"Message":"You tried to send to recipient(s) that have been marked as inactive.\nFound inactive addresses: ada@example.com.\nInactive recipients are ones that have generated a hard bounce."}""");

        var receipt = await _lab.SendAsync(Some.Email());

        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Suppressed);
    }

    [Fact]
    public async Task The_sandbox_needs_no_token()
    {
        using var lab = new HttpLab { Transport = static mail => mail.AddTransport("postmark", "postmark://default?sandbox=true&stream=outbound") };
        lab.Answers(HttpStatusCode.OK, """{"MessageID":"b1","ErrorCode":0,"Message":"Test job accepted"}""");

        await lab.SendAsync(Some.Email());

        lab.Requests[0].Request.Headers.GetValues("X-Postmark-Server-Token").Should().Equal("POSTMARK_API_TEST");
        lab.Requests[0].Body.Should().Contain("\"MessageStream\":\"outbound\"");
    }

    [Theory]
    [InlineData("postmark://default", "Token is missing")]
    [InlineData("postmark://a%20b@default", "Token holds a space")]
    [InlineData("postmark://token@default?baseAddress=http://api.example", "BaseAddress is not an https address")]
    [InlineData("postmark://token@default?timeout=00:00:00", "Timeout is not positive")]
    [InlineData("postmark://token@default?colour=red", "there is no setting \"colour\"")]
    [InlineData("postmark://token@default?webhookUserName=x&webhookPassword=short", "WebhookPassword is shorter")]
    [InlineData("postmark://token@default?webhookPassword=long-enough-for-this", "WebhookPassword goes with either")]
    [InlineData("postmark://token@default?webhookUserName=x", "WebhookPassword is missing")]
    public void Names_every_fault_of_its_settings_without_the_token(string dsn, string fault)
    {
        using var lab = new HttpLab { Transport = mail => mail.AddTransport("postmark", dsn) };

        var resolving = () => lab.Services.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage($"*{fault}*").And.Message.Should().NotContain("a b");
    }

    public void Dispose() => _lab.Dispose();

    private static string Unquoted(string list) => list.Replace("\"", "", StringComparison.Ordinal);

    /// <summary>Reads what a request says, in terms of who wrote it.</summary>
    internal static EmailMessage MessageOf(JsonObject json) => new()
    {
        From = (string)json["From"]!,
        To = [.. Split((string?)json["To"])],
        Cc = [.. Split((string?)json["Cc"])],
        Bcc = [.. Split((string?)json["Bcc"])],
        ReplyTo = [.. Split((string?)json["ReplyTo"])],
        Subject = (string?)json["Subject"],
        TextBody = (string?)json["TextBody"],
        HtmlBody = (string?)json["HtmlBody"],
        Headers = (json["Headers"]?.AsArray() ?? []).ToDictionary(h => (string)h!["Name"]!, h => (string)h!["Value"]!),
        Tags = json["Tag"] is { } tag ? [(string)tag!] : [],
        Metadata = (json["Metadata"]?.AsObject() ?? []).ToDictionary(m => m.Key, m => $"{m.Value}"),
        TrackOpens = (bool?)json["TrackOpens"],
        TrackClicks = (string?)json["TrackLinks"] switch { "None" => false, "HtmlAndText" => true, _ => null },
        ProviderOptions = new[] { ("postmark:TrackLinks", (string?)json["TrackLinks"]), ("postmark:MessageStream", (string?)json["MessageStream"]) }.Where(o => o.Item2 is not null).ToDictionary(o => o.Item1, o => o.Item2!),
        Attachments = [.. (json["Attachments"]?.AsArray() ?? []).Select(a => new EmailAttachment((string)a!["Name"]!, Convert.FromBase64String((string)a["Content"]!), (string)a["ContentType"]!) { ContentId = ((string?)a["ContentID"])?["cid:".Length..] })],
    };

    /// <summary>Splits at commas outside quotes.</summary>
    private static IEnumerable<EmailAddress> Split(string? list) =>
        Regex.Matches(list ?? "", """(?:[^",]|"(?:[^"\\]|\\.)*")+""", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => (EmailAddress)match.Value.Trim());
}
