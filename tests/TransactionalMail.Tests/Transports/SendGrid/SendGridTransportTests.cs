using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MimeKit.Utils;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.SendGrid;

namespace TransactionalMail.Tests.Transports.SendGrid;

public sealed class SendGridTransportTests : IDisposable
{
    private readonly HttpLab _lab = new() { Transport = static mail => mail.AddSendGrid(sendGrid => sendGrid.ApiKey = "SG.key-1") };

    [Fact]
    public async Task Writes_every_field_where_SendGrid_has_one()
    {
        Accepts();

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
            Headers = new Dictionary<string, string> { ["X-Order"] = "42", ["X-Note"] = "für Ann" },
            Attachments = [new EmailAttachment("logo.png", "png"u8.ToArray()) { ContentId = "logo" }, new EmailAttachment("invoice.pdf", "pdf"u8.ToArray())],
            Tags = ["receipt", "vip"],
            Metadata = new Dictionary<string, string> { ["order"] = "42" },
            TrackOpens = true,
            TrackClicks = false,
            ProviderOptions = new Dictionary<string, string> { ["sendgrid:ip_pool_name"] = "receipts", ["sendgrid:asm_group_id"] = "7", ["postmark:MessageStream"] = "ignored" },
        });

        var (request, body) = _lab.Requests.Should().ContainSingle().Which;
        request.Method.Should().Be(HttpMethod.Post);
        request.RequestUri.Should().Be("https://api.sendgrid.com/v3/mail/send");
        request.Headers.Authorization!.ToString().Should().Be("Bearer SG.key-1");
        request.Headers.Accept.ToString().Should().Be("application/json");
        JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse($$"""
            {
              "personalizations": [ {
                "to": [ { "email": "ann@example.org", "name": "Ann" }, { "email": "bob@example.org" } ],
                "cc": [ { "email": "cee@xn--mller-kva.example" } ],
                "bcc": [ { "email": "dee@example.org" } ] } ],
              "from": { "email": "orders@shop.example", "name": "\"Shop, \\\"Inc.\\\"\"" },
              "reply_to_list": [ { "email": "help@shop.example", "name": "Help" } ],
              "subject": "Receipt 42 – danke",
              "content": [ { "type": "text/plain", "value": "Hello" }, { "type": "text/html", "value": "<img src=\"cid:logo\">" } ],
              "attachments": [
                { "content": "cG5n", "type": "image/png", "filename": "logo.png", "disposition": "inline", "content_id": "logo" },
                { "content": "cGRm", "type": "application/pdf", "filename": "invoice.pdf", "disposition": "attachment" } ],
              "headers": { "X-Order": "42", "X-Note": "=?utf-8?q?f=C3=BCr_Ann?=" },
              "categories": [ "receipt", "vip" ],
              "custom_args": { "order": "42", "transactionalmail-id": "{{receipt.Id}}" },
              "asm": { "group_id": 7 },
              "ip_pool_name": "receipts",
              "tracking_settings": { "click_tracking": { "enable": false }, "open_tracking": { "enable": true } }
            }
            """)).Should().BeTrue(body);
        receipt.MessageId.Should().BeNull("SendGrid replaces it");
        receipt.Recipients.Should().HaveCount(4).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.ProviderMessageId == "msg-1" && r.TransportName == "sendgrid");
    }

    [Fact]
    public async Task Writes_what_official_clients_write_for_the_same_mail()
    {
        var captures = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path("provider-apis/wire/captures.json"), TestContext.Current.CancellationToken))!.AsArray();
        var compared = 0;
        foreach (var capture in captures.Where(c => (string?)c!["provider"] == "sendgrid" && (string?)c["case"] != "scheduled")) // our outbox holds what is not due
        {
            var theirs = capture!["request"]!["json"]!.AsObject();
            Accepts();
            await _lab.SendAsync(MessageOf(theirs, theirs["personalizations"]![0]!.AsObject()));

            var ours = JsonNode.Parse(_lab.Requests[^1].Body)!.AsObject();
            ours["custom_args"]!.AsObject().Remove("transactionalmail-id"); // ours alone: it comes back with events
            if (ours["custom_args"]!.AsObject().Count == 0) ours.Remove("custom_args");
            if (ours["reply_to_list"] is { } replyTo) // the same for one; the list takes several too
            {
                ours.Remove("reply_to_list");
                ours["reply_to"] = replyTo.AsArray().Should().ContainSingle().Which!.DeepClone();
            }

            (theirs["tracking_settings"]?["click_tracking"] as JsonObject)?.Remove("enable_text"); // they repeat SendGrid's default
            foreach (var attachment in theirs["attachments"]?.AsArray() ?? [])
            {
                attachment!["disposition"] ??= "attachment"; // they leave the default out
                if (attachment["contentId"] is not { } misspelt) continue; // the library's own name, which SendGrid does not know
                attachment["content_id"] = misspelt.DeepClone();
                attachment.AsObject().Remove("contentId");
            }

            JsonNode.DeepEquals(Unquoted(ours), Unquoted(theirs)).Should().BeTrue("{0} of {1} is {2}, ours is {3}", capture["case"], capture["sender"], theirs.ToJsonString(), ours.ToJsonString());
            compared++;
        }

        compared.Should().BeGreaterThanOrEqualTo(7);
    }

    [Fact]
    public async Task Copies_take_the_place_of_a_To_that_is_not_left()
    {
        Accepts();
        await SuppressAsync("ada@example.com");

        await _lab.SendAsync(Some.Email() with { Cc = ["cee@example.com"], Bcc = ["dee@example.com"] });

        JsonNode.DeepEquals(JsonNode.Parse(_lab.Requests[0].Body)!["personalizations"], JsonNode.Parse("""[ { "to": [ { "email": "cee@example.com" } ], "bcc": [ { "email": "dee@example.com" } ] } ]""")).Should().BeTrue();
    }

    [Fact]
    public async Task Blind_copies_alone_do_not_see_each_other()
    {
        Accepts();

        await _lab.SendAsync(Some.Email() with { To = [], Bcc = ["cee@example.com", "dee@example.com"] });

        JsonNode.DeepEquals(JsonNode.Parse(_lab.Requests[0].Body)!["personalizations"], JsonNode.Parse("""[ { "to": [ { "email": "cee@example.com" } ] }, { "to": [ { "email": "dee@example.com" } ] } ]""")).Should().BeTrue();
    }

    [Fact]
    public async Task Names_each_address_for_answers_once()
    {
        Accepts();

        await _lab.SendAsync(Some.Email() with { ReplyTo = ["Help <help@shop.example>", "desk@shop.example", "help@Shop.example"] });

        JsonNode.DeepEquals(JsonNode.Parse(_lab.Requests[0].Body)!["reply_to_list"], JsonNode.Parse("""[ { "email": "help@shop.example", "name": "Help" }, { "email": "desk@shop.example" } ]""")).Should().BeTrue();
    }

    [Theory]
    [InlineData("recipients", "1000 recipients")]
    [InlineData("case", "differ in case only")]
    [InlineData("answers", "ReplyTo")]
    [InlineData("subject", "Subject")]
    [InlineData("empty", "body")]
    [InlineData("utf8", "ASCII")]
    [InlineData("option", "sendgrid:Colour")]
    [InlineData("option's prefix", "SendGrid:ip_pool_name")]
    [InlineData("group", "sendgrid:asm_group_id")]
    [InlineData("pool", "sendgrid:ip_pool_name")]
    [InlineData("id", "transactionalmail-id")]
    [InlineData("metadata", "reason")]
    [InlineData("much metadata", "10,000 bytes of metadata")]
    [InlineData("header", "X-SG-ID")]
    [InlineData("tags", "10 Tags")]
    [InlineData("twice", "once")]
    [InlineData("long tag", "255 characters")]
    [InlineData("charset", "ContentType")]
    public async Task Refuses_before_any_call_what_SendGrid_has_no_field_for(string what, string named)
    {
        var message = what switch
        {
            "recipients" => Some.Email([.. Enumerable.Range(0, 1001).Select(i => new EmailAddress($"r{i}@example.com"))]),
            "case" => Some.Email("Ann@example.com") with { Bcc = ["ann@example.com"] },
            "answers" => Some.Email() with { ReplyTo = [.. Enumerable.Range(0, 1001).Select(i => new EmailAddress($"r{i}@example.com"))] },
            "subject" => Some.Email() with { Subject = "" },
            "empty" => Some.Email() with { TextBody = null, Attachments = [new EmailAttachment("a.txt", "a"u8.ToArray())] },
            "utf8" => Some.Email("dé@example.com"),
            "option" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["sendgrid:Colour"] = "red" } },
            "option's prefix" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["SendGrid:ip_pool_name"] = "receipts" } },
            "group" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["sendgrid:asm_group_id"] = "seven" } },
            "pool" => Some.Email() with { ProviderOptions = new Dictionary<string, string> { ["sendgrid:ip_pool_name"] = "x" } },
            "metadata" => Some.Email() with { Metadata = new Dictionary<string, string> { ["reason"] = "x" } },
            "much metadata" => Some.Email() with { Metadata = Enumerable.Range(0, 20).ToDictionary(i => $"k{i}", _ => new string('x', 500)) },
            "header" => Some.Email() with { Headers = new Dictionary<string, string> { ["X-SG-ID"] = "x" } },
            "tags" => Some.Email() with { Tags = [.. Enumerable.Range(0, 11).Select(i => $"t{i}")] },
            "twice" => Some.Email() with { Tags = ["a", "A"] },
            "long tag" => Some.Email() with { Tags = [new string('a', 256)] },
            "charset" => Some.Email() with { Attachments = [new EmailAttachment("a.csv", "a"u8.ToArray(), "text/csv; charset=utf-8")] },
            _ => Some.Email() with { Metadata = new Dictionary<string, string> { ["transactionalmail-id"] = "x" } },
        };

        var failure = await _lab.FailureAsync(message);

        failure.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        failure.Message.Should().Contain(named).And.Contain("sendgrid");
        _lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_a_payload_that_is_too_large_before_any_call()
    {
        (await _lab.FailureAsync(Some.Email() with { Attachments = [new EmailAttachment("a.bin", new byte[24 * 1024 * 1024])] })).Failure.Should().Be(TransportFailure.MessageTooLarge);
        _lab.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(400, "The content value must be a string at least one character in length.", "content.0.value", TransportFailure.MessageRejected)]
    [InlineData(400, "invalid request", "null", TransportFailure.MessageRejected)]
    [InlineData(400, "The from object must at least have an email parameter with a valid email address", "from.email", TransportFailure.SenderRejected)]
    [InlineData(400, "The IP Pool name must be a valid pool name for your account.", "ip_pool_name", TransportFailure.SenderRejected)]
    [InlineData(400, "The ASM group ID must be a valid Group ID on your account.", "asm.group_id", TransportFailure.SenderRejected)]
    [InlineData(401, "The provided authorization grant is invalid, expired, or revoked", null, TransportFailure.Authentication)]
    [InlineData(401, "Maximum credits exceeded", null, TransportFailure.QuotaExceeded)]
    [InlineData(403, "The from address does not match a verified Sender Identity.", "from", TransportFailure.SenderRejected)]
    [InlineData(403, "access forbidden", null, TransportFailure.Authentication)]
    [InlineData(413, "payload too large", null, TransportFailure.MessageTooLarge)]
    [InlineData(429, "too many requests", null, TransportFailure.Throttled)]
    [InlineData(500, "an error occurred", null, TransportFailure.Unavailable)]
    [InlineData(202, "an error in a success", "null", TransportFailure.MessageRejected)]
    public async Task Understands_the_errors_of_SendGrid_H04_H08(int status, string said, string? field, TransportFailure expected)
    {
        _lab.Answers((HttpStatusCode)status, $$"""{"errors":[{"message":"{{said}} SG.key-1 ada@example.com","field":{{(field is null ? "null" : $"\"{field}\"")}},"help":null}]}""");

        var failure = await _lab.FailureAsync();

        failure.Failure.Should().Be(expected);
        failure.ProviderCode.Should().Be($"{status}");
        failure.Message.Should().Contain(said).And.NotContain("SG.key-1").And.NotContain("ada@").And.NotContain("null:");
    }

    [Theory]
    [InlineData("""{"errors":[null]}""")]
    [InlineData("""{"errors":[{}]}""")]
    [InlineData("""{"errors":[{"message":5,"field":[]}]}""")]
    [InlineData("""{"errors":"oops"}""")]
    public async Task An_error_that_says_nothing_is_judged_by_its_status(string body)
    {
        _lab.Answers(HttpStatusCode.BadRequest, body);

        (await _lab.FailureAsync()).Failure.Should().Be(TransportFailure.MessageRejected);
    }

    [Theory]
    [InlineData("ip_pool_name", "Check IpPool")]
    [InlineData("asm.group_id", "Check UnsubscribeGroup")]
    public async Task A_setting_the_account_does_not_know_says_which_and_leaves_the_mail_to_a_backup(string field, string advice)
    {
        _lab.Answers(HttpStatusCode.BadRequest, $$"""{"errors":[{"message":"invalid request","field":"null"},{"message":"It must be valid for your account.","field":"{{field}}","help":null}]}""");

        var failure = await _lab.FailureAsync();

        (failure.Failure, failure.IsTransient).Should().Be((TransportFailure.SenderRejected, false));
        failure.Message.Should().Contain(advice);
    }

    [Theory]
    [InlineData("1795514490", 90)] // 10:01:30
    [InlineData("1795514399", null)] // a second ago
    [InlineData("99999999999", null)]
    [InlineData("4294967295", 86400)]
    [InlineData("soon", null)]
    public async Task Waits_until_the_limit_is_reset_H01_H02(string reset, int? seconds)
    {
        _lab.Answers(HttpStatusCode.TooManyRequests, "{}", ("X-RateLimit-Reset", reset));

        (await _lab.FailureAsync()).RetryAfter.Should().Be(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Fact]
    public async Task The_sandbox_only_checks()
    {
        using var lab = new HttpLab { Transport = static mail => mail.AddTransport("sendgrid", "sendgrid://SG.key-1@default?sandbox=true&ipPool=receipts&unsubscribeGroup=3") };
        lab.Answers(HttpStatusCode.OK, "");

        var receipt = await lab.SendAsync(Some.Email());

        lab.Requests[0].Body.Should().Contain("\"mail_settings\":{\"sandbox_mode\":{\"enable\":true}}").And.Contain("\"ip_pool_name\":\"receipts\"").And.Contain("\"asm\":{\"group_id\":3}");
        receipt.Recipients[0].Diagnostic.Should().Contain("sends nothing");
    }

    [Theory]
    [InlineData("sendgrid://default", "ApiKey is missing")]
    [InlineData("sendgrid://a%20b@default", "ApiKey holds a space")]
    [InlineData("sendgrid://key@default?ipPool=x", "IpPool is the name")]
    [InlineData("sendgrid://key@default?unsubscribeGroup=0", "UnsubscribeGroup is the number")]
    [InlineData("sendgrid://key@default?baseAddress=http://api.example", "BaseAddress is not an https address")]
    [InlineData("sendgrid://key@default?colour=red", "there is no setting \"colour\"")]
    [InlineData("sendgrid://key@default?webhookPublicKey=bm8ga2V5", "WebhookPublicKey is no public key")]
    [InlineData("sendgrid://key@default?webhookTolerance=2.00:00:00", "WebhookTolerance is not positive, or longer")]
    public void Names_every_fault_of_its_settings_without_the_key(string dsn, string fault)
    {
        using var lab = new HttpLab { Transport = mail => mail.AddTransport("sendgrid", dsn) };

        var resolving = () => lab.Services.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage($"*{fault}*").And.Message.Should().NotContain("a b");
    }

    [Fact]
    public void Says_nothing_of_the_key() => new SendGridOptions { ApiKey = "SG.key-1" }.ToString().Should().NotContain("SG.");

    public void Dispose() => _lab.Dispose();

    /// <summary>Reads what a request says, in terms of who wrote it.</summary>
    internal static EmailMessage MessageOf(JsonObject json, JsonObject personalization) => new()
    {
        From = Address(json["from"]!),
        To = Addresses(personalization["to"]),
        Cc = Addresses(personalization["cc"]),
        Bcc = Addresses(personalization["bcc"]),
        ReplyTo = json["reply_to"] is { } replyTo ? [Address(replyTo)] : Addresses(json["reply_to_list"]),
        Subject = (string?)json["subject"],
        TextBody = (string?)json["content"]!.AsArray().FirstOrDefault(c => (string?)c!["type"] == "text/plain")?["value"],
        HtmlBody = (string?)json["content"]!.AsArray().FirstOrDefault(c => (string?)c!["type"] == "text/html")?["value"],
        Headers = (json["headers"]?.AsObject() ?? []).ToDictionary(h => h.Key, h => Decoded((string)h.Value!)),
        Tags = [.. (json["categories"]?.AsArray() ?? []).Select(c => (string)c!)],
        Metadata = (json["custom_args"]?.AsObject() ?? []).ToDictionary(m => m.Key, m => (string)m.Value!),
        TrackOpens = (bool?)json["tracking_settings"]?["open_tracking"]?["enable"],
        TrackClicks = (bool?)json["tracking_settings"]?["click_tracking"]?["enable"],
        Attachments =
        [
            .. (json["attachments"]?.AsArray() ?? []).Select(a => new EmailAttachment((string)a!["filename"]!, Convert.FromBase64String((string)a["content"]!), (string)a["type"]!)
            {
                ContentId = (string?)a["content_id"] ?? (string?)a["contentId"],
            }),
        ],
    };

    private static EmailAddress[] Addresses(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(a => Address(a!))];

    private static EmailAddress Address(JsonNode address) => new((string)address["email"]!, Name((string?)address["name"]));

    /// <summary>Clients differ in which names they quote.</summary>
    private static string? Name(string? name) => name is ['"', .. var inner, '"'] ? inner.Replace("\\\"", "\"").Replace("\\\\", "\\") : name;

    private static string Decoded(string value) => Rfc2047.DecodeText(System.Text.Encoding.UTF8.GetBytes(value));

    private static JsonNode Unquoted(JsonNode json)
    {
        var copy = json.DeepClone();
        foreach (var address in copy.AsObject()["personalizations"]!.AsArray().SelectMany(p => p!.AsObject().SelectMany(list => list.Value!.AsArray())).Append(copy["from"]).Append(copy["reply_to"]).OfType<JsonObject>())
        {
            if (address.ContainsKey("name")) address["name"] = Name((string?)address["name"]);
        }

        return copy;
    }

    private void Accepts() => _lab.Answers(HttpStatusCode.Accepted, "", ("X-Message-Id", "msg-1"));

    private async Task SuppressAsync(EmailAddress recipient) => await _lab.Services.GetRequiredService<ISuppressionList>()
        .AddAsync(new() { Recipient = recipient, Reason = SuppressionReason.Manual, Since = DateTimeOffset.UnixEpoch }, TestContext.Current.CancellationToken);
}
