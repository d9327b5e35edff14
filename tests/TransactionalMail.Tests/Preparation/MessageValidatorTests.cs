using System.Text.Json;
using TransactionalMail.Preparation;

namespace TransactionalMail.Tests.Preparation;

public sealed class MessageValidatorTests
{
    private static readonly ReadOnlyMemory<byte> s_empty = ReadOnlyMemory<byte>.Empty;
    private static readonly DateTimeOffset s_noon = new(2026, 1, 17, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Finds_every_problem_at_once_naming_each_field_M01()
    {
        var message = new EmailMessage
        {
            To = [null!],
            Subject = "a\r\nBcc: x@example.com",
            TextBody = "a\0b",
            HtmlBody = "\ud800",
            Template = new EmailTemplate("../secrets", JsonElement.Parse("{}")),
            Attachments = [new EmailAttachment("a\nb", s_empty, "multipart/mixed") { ContentId = "<logo>" }],
            Tags = ["ok", "a\tb", " "],
            Headers = new Dictionary<string, string> { ["Subject"] = "x", ["X-Order"] = "a\u2028b", ["X:Y"] = "x" },
            Metadata = new Dictionary<string, string> { ["order"] = "\u0001", ["two words"] = "x" },
            ProviderOptions = new Dictionary<string, string> { ["TrackLinks"] = "x", ["postmark:TrackLinks"] = "\udc00" },
            StreamName = "a\0",
            IdempotencyKey = "",
            NotBefore = s_noon,
            NotAfter = s_noon,
        };

        MessageValidator.Validate(message).Select(error => error.Field).Should().Equal(
            "From", "To[0]", "Subject", "TextBody", "HtmlBody", "Template.Name", "Template",
            "Attachments[0].FileName", "Attachments[0].ContentType", "Attachments[0].ContentId", "Tags[1]", "Tags[2]",
            "Headers[\"Subject\"]", "Headers[\"X-Order\"]", "Headers[\"X:Y\"]", "Metadata[\"order\"]", "Metadata[\"two words\"]",
            "ProviderOptions[\"TrackLinks\"]", "ProviderOptions[\"postmark:TrackLinks\"]", "StreamName", "IdempotencyKey", "NotAfter");
    }

    [Fact]
    public void Says_what_to_do_in_sentences_without_the_content()
    {
        var message = MessageFields.Valid() with { Subject = "secret\nsubject", Headers = new Dictionary<string, string> { ["subject"] = "secret" } };

        var text = string.Join('\n', MessageValidator.Validate(message));

        text.Should().Be("""
            Subject: It has a line break (U+000A) at position 7. Write it on one line.
            Headers["subject"]: This field is not for applications. Use EmailMessage.Subject.
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Quotes_keys_so_that_they_cannot_act_in_the_error_text_M01()
    {
        var message = MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["X\r\n\u001b[2J\"\ud800" + new string('k', 500)] = "x" } };

        var error = MessageValidator.Validate(message).Should().ContainSingle().Which;

        error.Field.Should().StartWith("Headers[\"X\\u000D\\u000A\\u001B[2J\\\"\\uD800kkk").And.EndWith("k…\"]");
        error.Field.Length.Should().BeLessThan(120);
    }

    [Theory]
    [InlineData("x\r\ny")]
    [InlineData("x\ry")]
    [InlineData("x\ny")]
    [InlineData("x\0")]
    [InlineData("x\ty")]
    [InlineData("\u001b")]
    [InlineData("\u007f")]
    [InlineData("\u0085")]
    [InlineData("\u009f")]
    [InlineData("\u2028")]
    [InlineData("\u2029")]
    public void Refuses_line_breaks_and_control_characters_in_every_field_M01(string value)
    {
        foreach (var field in MessageFields.All) IsAccepted(field.Value, value).Should().BeFalse(field.Key);
    }

    [Fact]
    public void Refuses_lone_surrogates_in_every_field_M02()
    {
        foreach (var field in MessageFields.All)
        {
            foreach (var value in (string[])["a\ud83d", "\ude00a", "\ude00\ud83d"]) IsAccepted(field.Value, value).Should().BeFalse(field.Key);
        }

        Fields(MessageFields.Valid() with { TextBody = "a\ud83d", HtmlBody = "\ude00" }).Should().Equal("TextBody", "HtmlBody");
    }

    [Fact]
    public void Refuses_a_rendered_subject_that_spans_lines_T08() =>
        Fields(MessageFields.Valid() with { Subject = "Order 42\r\nBcc: x@example.com" }).Should().Equal("Subject");

    [Fact]
    public void Lets_bodies_have_lines_tabs_and_any_script_M06() =>
        Fields(MessageFields.Valid() with { TextBody = "a\r\n.\r\n\tb\rc\nd\u2028😀", HtmlBody = "<p>\n\té</p>" }).Should().BeEmpty();

    [Fact]
    public void Refuses_a_message_without_a_recipient_M07()
    {
        Fields(MessageFields.Valid() with { To = [] }).Should().Equal("To");
        Fields(MessageFields.Valid() with { To = [], Bcc = ["ada@example.com"] }).Should().BeEmpty();
    }

    [Fact]
    public void Names_each_recipient_once_in_the_envelope_M07()
    {
        var message = MessageFields.Valid() with
        {
            To = ["Ada <ada@example.com>", "ada@EXAMPLE.com"],
            Cc = ["zoe@müller.example"],
            Bcc = ["zoe@xn--mller-kva.example", "eve@example.com"],
        };

        Fields(message).Should().BeEmpty();
        message.GetEnvelopeRecipients().Select(address => address.SmtpAddress)
            .Should().Equal("ada@example.com", "zoe@xn--mller-kva.example", "eve@example.com");
    }

    [Fact]
    public void Lets_subject_and_body_be_empty_and_attachments_stand_alone_M11()
    {
        var message = new EmailMessage { From = "shop@example.com", To = ["ada@example.com"] };

        Fields(message).Should().BeEmpty();
        Fields(message with { Subject = "", TextBody = "", HtmlBody = "" }).Should().BeEmpty();
        Fields(message with { Attachments = [new EmailAttachment("a.pdf", s_empty)] }).Should().BeEmpty();
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("..\\x")]
    [InlineData("CON")]
    [InlineData("a\u202egpj.exe")]
    [InlineData("\"; filename=evil.exe")]
    public void Takes_file_names_as_data_M10(string fileName)
    {
        Fields(MessageFields.Valid() with { Attachments = [new EmailAttachment(fileName, s_empty)] }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { Attachments = [new EmailAttachment(new string('x', 5000), s_empty)] }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { Attachments = [new EmailAttachment(" ", s_empty)] }).Should().Equal("Attachments[0].FileName");
    }

    [Theory]
    [InlineData("application/pdf", true)]
    [InlineData("TEXT/Plain;charset=utf-8 ; format=\"fl\\\"owed\"", true)]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document", true)]
    [InlineData("", false)]
    [InlineData("pdf", false)]
    [InlineData("application/", false)]
    [InlineData("/pdf", false)]
    [InlineData("application/pdf;", false)]
    [InlineData("application/pdf; charset", false)]
    [InlineData("application/pdf; charset=", false)]
    [InlineData("application/pdf; charset=\"open", false)]
    [InlineData("application/pdf; charset=\"open\\", false)]
    [InlineData("application/pdf; a=b a=c", false)]
    [InlineData("application/pdf; a=b; A=c", false)]
    [InlineData("application/pdf; a=\"é\"", false)]
    [InlineData("application/pdf (comment)", false)]
    [InlineData("a.b/pdf", false)]
    [InlineData("%/pdf", false)]
    [InlineData("application/'pdf'", false)]
    [InlineData("application/pdf; a*=utf-8''%0d%0a", false)]
    [InlineData("application/pdf; a*0=b", false)]
    [InlineData("application/pdf; name=evil.exe", false)]
    [InlineData("application/pdf; Name*0=evil.exe", false)]
    [InlineData("multipart/mixed; boundary=x", false)]
    [InlineData("Message/RFC822", false)]
    public void Judges_content_types(string contentType, bool expected) =>
        Fields(MessageFields.Valid() with { Attachments = [new EmailAttachment("a", s_empty, contentType)] })
            .Should().Equal(expected ? [] : ["Attachments[0].ContentType"]);

    [Theory]
    [InlineData("mail.eml")]
    [InlineData("page.mht")]
    [InlineData("noextension")]
    public void Takes_any_file_with_the_content_type_derived_from_its_name(string fileName) =>
        Fields(MessageFields.Valid() with { Attachments = [new EmailAttachment(fileName, s_empty)] }).Should().BeEmpty();

    [Theory]
    [InlineData("logo", true)]
    [InlineData("part1.06090408@example.com", true)]
    [InlineData("a@b@c", false)]
    [InlineData("@", false)]
    [InlineData("logo@", false)]
    [InlineData(".logo", false)]
    [InlineData("logo..1", false)]
    [InlineData("", false)]
    [InlineData("<logo>", false)]
    [InlineData("a b", false)]
    [InlineData("a%20b", false)]
    [InlineData("lögo", false)]
    public void Judges_content_ids(string contentId, bool expected) =>
        Fields(MessageFields.Valid() with { Attachments = [new EmailAttachment("a", s_empty) { ContentId = contentId }] })
            .Should().Equal(expected ? [] : ["Attachments[0].ContentId"]);

    [Fact]
    public void Refuses_two_attachments_with_one_content_id()
    {
        var logo = new EmailAttachment("a.png", s_empty) { ContentId = "logo" };

        Fields(MessageFields.Valid() with { Attachments = [logo, null!, logo] }).Should().Equal("Attachments[1]", "Attachments[2].ContentId");
    }

    [Theory]
    [InlineData("From")]
    [InlineData("sender")]
    [InlineData("REPLY-TO")]
    [InlineData("To")]
    [InlineData("Cc")]
    [InlineData("Bcc")]
    [InlineData("Date")]
    [InlineData("Message-Id")]
    [InlineData("Mime-Version")]
    [InlineData("Content-Type")]
    [InlineData("content-anything")]
    [InlineData("DKIM-Signature")]
    [InlineData("Return-Path")]
    [InlineData("Received")]
    [InlineData("Resent-From")]
    [InlineData("ARC-Seal")]
    [InlineData("Authentication-Results")]
    [InlineData("X-Tag")]
    [InlineData("X-Metadata-order")]
    [InlineData("X-TransactionalMail-Id")]
    [InlineData("")]
    [InlineData("X Order")]
    [InlineData("X-Örder")]
    public void Refuses_header_names_that_are_reserved_or_malformed(string name) =>
        MessageValidator.Validate(MessageFields.Valid() with { Headers = new Dictionary<string, string> { [name] = "x" } }).Should().ContainSingle();

    [Theory]
    [InlineData("X-Order", "")]
    [InlineData("Auto-Submitted", "auto-generated")]
    [InlineData("Precedence", "bulk")]
    [InlineData("List-ID", "News <news.example.com>")]
    [InlineData("Importance", "high")]
    [InlineData("Feedback-ID", "a:b:c")]
    public void Takes_other_headers_as_free_text(string name, string value) =>
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { [name] = value } }).Should().BeEmpty();

    [Theory]
    [InlineData("References", "")]
    [InlineData("References", " <a@example.com>")]
    [InlineData("References", "<a@example.com> ")]
    [InlineData("References", "<=?a@example.com>")]
    [InlineData("References", "a@example.com")]
    [InlineData("in-reply-to", "<a@example.com> x")]
    [InlineData("In-Reply-To", "<a b@example.com>")]
    [InlineData("In-Reply-To", "<ä@example.com>")]
    [InlineData("In-Reply-To", "<>")]
    [InlineData("List-Unsubscribe", "https://example.com/u")]
    [InlineData("List-Unsubscribe", "<javascript:alert(1)>")]
    [InlineData("List-Unsubscribe", "<https://example.com/ü>")]
    [InlineData("List-Unsubscribe", "<https://example.com/a b>")]
    [InlineData("List-Unsubscribe", "<https://example.com/u> (comment)")]
    [InlineData("List-Unsubscribe", "<https://example.com/u>,")]
    [InlineData("List-Unsubscribe", "<https://example.com/u> <https://example.com/v>")]
    [InlineData("List-Unsubscribe", "<https://example.com/<u>")]
    [InlineData("List-Unsubscribe", "<")]
    [InlineData("List-Unsubscribe", "<https://example.com/u?a=?b>")]
    [InlineData("List-ID", "Grüße <news.example.com>")]
    [InlineData("list-id", "=?utf-8?q?News?= <news.example.com>")]
    [InlineData("Auto-Submitted", "auto-generated ")]
    [InlineData("Feedback-ID", "a:ü")]
    [InlineData("List-Help", "<help>")]
    [InlineData("List-Help", "NO")]
    public void Refuses_values_that_break_their_header(string name, string value) =>
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { [name] = value } }).Should().Equal($"Headers[\"{name}\"]");

    [Fact]
    public void Refuses_headers_that_are_too_long_or_twice()
    {
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { [new string('x', 76)] = new string('x', 8192) } }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { [new string('x', 77)] = "x" } }).Should().ContainSingle();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["X-Order"] = new string('x', 8193) } }).Should().ContainSingle();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["References"] = $"<{new string('x', 900)}@example.com>" } }).Should().ContainSingle();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["References"] = string.Concat(Enumerable.Repeat("<a@example.com>", 70)) } }).Should().ContainSingle();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["References"] = string.Join(' ', Enumerable.Repeat("<a@example.com>", 500)) } }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["Precedence"] = "a" + new string(' ', 1000) + "b" } }).Should().ContainSingle();
        Fields(MessageFields.Valid() with { Headers = new Dictionary<string, string> { ["X-Order"] = "1", ["x-order"] = "2" } }).Should().Equal("Headers[\"x-order\"]");
    }

    [Theory]
    [InlineData("List-Unsubscribe=One-Click", "<https://example.com/u>", true)]
    [InlineData("List-Unsubscribe=One-Click", "<mailto:u@example.com>, <https://example.com/u>", true)]
    [InlineData("List-Unsubscribe=One-Click", "<mailto:u@example.com>", false)]
    [InlineData("List-Unsubscribe=One-Click", "<http://example.com/u>", false)]
    [InlineData("List-Unsubscribe=One-Click", null, false)]
    [InlineData("yes", "<https://example.com/u>", false)]
    public void Ties_one_click_to_an_https_address(string post, string? unsubscribe, bool expected)
    {
        var headers = new Dictionary<string, string> { ["List-Unsubscribe-Post"] = post };
        if (unsubscribe is not null) headers["list-unsubscribe"] = unsubscribe;

        Fields(MessageFields.Valid() with { Headers = headers }).Should().Equal(expected ? [] : ["Headers[\"List-Unsubscribe-Post\"]"]);
    }

    [Fact]
    public void Judges_keys_limits_and_times()
    {
        Fields(MessageFields.Valid() with { Metadata = new Dictionary<string, string> { [new string('k', 64)] = "" } }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { Metadata = new Dictionary<string, string> { [new string('k', 65)] = "", ["Order"] = "1", ["order"] = "2", ["x"] = null! } }).Should().HaveCount(3);
        Fields(MessageFields.Valid() with { ProviderOptions = new Dictionary<string, string> { [":a"] = "1", ["a:"] = "1", ["a:b:c"] = "1", ["a:b"] = "1" } }).Should().HaveCount(3);
        Fields(MessageFields.Valid() with { IdempotencyKey = new string('k', 255), StreamName = "x" }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { IdempotencyKey = new string('k', 256), StreamName = "" }).Should().Equal("StreamName", "IdempotencyKey");
        Fields(MessageFields.Valid() with { NotBefore = s_noon, NotAfter = s_noon.AddTicks(1) }).Should().BeEmpty();
        Fields(MessageFields.Valid() with { NotAfter = s_noon }).Should().BeEmpty();
    }

    [Fact]
    public void Refuses_null_collections_as_the_programming_error_they_are()
    {
        FluentActions.Invoking(() => new EmailMessage { To = null! }).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new EmailMessage { Attachments = null! }).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new EmailMessage { Headers = null! }).Should().Throw<ArgumentNullException>();
    }

    private static IEnumerable<string> Fields(EmailMessage message) => MessageValidator.Validate(message).Select(error => error.Field);

    private static bool IsAccepted(Func<string, EmailMessage> build, string value)
    {
        try
        {
            return MessageValidator.Validate(build(value)).Count == 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
