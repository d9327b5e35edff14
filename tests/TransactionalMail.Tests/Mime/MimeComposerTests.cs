using System.Text;
using MimeKit;
using TransactionalMail.Mime;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Mime;

public sealed class MimeComposerTests
{
    private static readonly EmailAttachment s_pdf = new("invoice.pdf", "%PDF-1.7"u8.ToArray());
    private static readonly EmailAttachment s_logo = new("logo.png", new byte[] { 1, 2, 3 }) { ContentId = "logo" };

    [Fact]
    public async Task Writes_the_given_identity_and_date_and_nothing_unasked_for()
    {
        using var composed = await Compose.MimeAsync(Compose.Message);

        composed.Headers.Select(header => header.Field).Should()
            .Equal("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "X-TransactionalMail-Id");
        composed.MessageId.Should().Be(Compose.MessageId);
        composed.Headers["Date"].Should().Be("Mon, 09 Mar 2026 12:05:07 +0000");
        composed.Headers[MimeComposer.IdField].Should().Be(Compose.Id.ToString());
    }

    [Fact]
    public async Task Writes_fields_of_the_author_in_order_then_tags_then_metadata()
    {
        using var composed = await Compose.MimeAsync(Compose.Message with
        {
            Cc = ["c@example.com"],
            ReplyTo = ["help@acme.example"],
            Headers = new Dictionary<string, string> { ["X-B"] = "1", ["In-Reply-To"] = "<a@b.example>", ["X-A"] = "2" },
            Tags = ["orders", "shipped"],
            Metadata = new Dictionary<string, string> { ["order"] = "10021" },
        });

        composed.Headers.Select(header => $"{header.Field}: {header.Value}").Skip(2).Should().Equal(
            "Cc: c@example.com",
            "Reply-To: help@acme.example",
            "Subject: Your order has shipped",
            "Date: Mon, 09 Mar 2026 12:05:07 +0000",
            $"Message-ID: <{Compose.MessageId}>",
            "MIME-Version: 1.0",
            $"X-TransactionalMail-Id: {Compose.Id}",
            "X-B: 1",
            "In-Reply-To: <a@b.example>",
            "X-A: 2",
            "X-Tag: orders",
            "X-Tag: shipped",
            "X-Metadata-order: 10021");
    }

    [Fact]
    public async Task Never_writes_blind_copies_M09()
    {
        using var composed = await Compose.MimeAsync(Compose.Message with { Bcc = [new EmailAddress("hidden@secret.example", "Hidden")] });

        composed.Bcc.Mailboxes.Should().BeEmpty();
        Encoding.ASCII.GetString(Compose.Bytes(composed, FormatOptions.Default)).Should()
            .NotContainEquivalentOf("hidden").And.NotContainEquivalentOf("secret.example").And.NotContainEquivalentOf("bcc");
    }

    [Fact]
    public async Task Hides_a_blind_copy_that_got_into_the_message_all_the_same_M09()
    {
        using var composed = await Compose.MimeAsync(Compose.Message);
        composed.Bcc.Add(new MailboxAddress("", "hidden@secret.example"));

        Encoding.ASCII.GetString(Compose.Bytes(composed)).Should().NotContain("hidden");
    }

    [Theory]
    [InlineData(false, false, false, false, "text/plain")]
    [InlineData(true, false, false, false, "text/plain")]
    [InlineData(false, true, false, false, "text/html")]
    [InlineData(true, true, false, false, "multipart/alternative(text/plain text/html)")]
    [InlineData(false, true, true, false, "multipart/related(text/html image/png)")]
    [InlineData(true, true, true, false, "multipart/alternative(text/plain multipart/related(text/html image/png))")]
    [InlineData(true, true, true, true, "multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) application/pdf)")]
    [InlineData(true, false, false, true, "multipart/mixed(text/plain application/pdf)")]
    [InlineData(true, false, true, false, "multipart/mixed(text/plain image/png)")]
    [InlineData(false, false, false, true, "multipart/mixed(application/pdf)")]
    public async Task Nests_parts_as_needed_and_no_deeper_M11(bool text, bool html, bool inline, bool attached, string structure)
    {
        var bytes = await Compose.BytesAsync(Compose.Message with
        {
            TextBody = text ? "Hello" : null,
            HtmlBody = html ? "<p>Hello <img src=\"cid:logo\">" : null,
            Attachments = [.. inline ? [s_logo] : Array.Empty<EmailAttachment>(), .. attached ? [s_pdf] : Array.Empty<EmailAttachment>()],
        });

        using var parsed = Compose.Parse(bytes);
        Describe(parsed.Body!).Should().Be(structure);
        WireRules.FindViolation(bytes).Should().BeNull();
    }

    [Fact]
    public async Task Composes_a_mail_without_subject_and_body_M11()
    {
        var bytes = await Compose.BytesAsync(Compose.Message with { Subject = null, TextBody = null });

        using var parsed = Compose.Parse(bytes);
        parsed.Subject.Should().BeEmpty();
        parsed.TextBody!.Trim().Should().BeEmpty();
        WireRules.FindViolation(bytes).Should().BeNull();
    }

    [Fact]
    public async Task Shows_images_inline_by_content_id()
    {
        var bytes = await Compose.BytesAsync(Compose.Message with { HtmlBody = "<img src=\"cid:logo\">", Attachments = [s_logo] });

        using var parsed = Compose.Parse(bytes);
        var image = parsed.BodyParts.OfType<MimePart>().Single(part => part.ContentId == "logo");
        image.ContentDisposition!.Disposition.Should().Be("inline");
        image.FileName.Should().Be("logo.png");
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("C:\\Windows\\x.dll")]
    [InlineData("CON")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("quote\" back\\slash; semi.pdf")]
    [InlineData("Rechnung für Müller – März.pdf")]
    [InlineData("請求書.pdf")]
    [InlineData("👩‍👩‍👧‍👦.png")]
    [InlineData("5000")]
    public async Task Keeps_file_names_as_data_M10(string name)
    {
        if (name == "5000") name = new string('ü', 2500) + new string('x', 2500);
        var bytes = await Compose.BytesAsync(Compose.Message with { Attachments = [new EmailAttachment(name, new byte[3], "application/octet-stream")] });

        using var parsed = Compose.Parse(bytes);
        parsed.Attachments.Single().ContentDisposition!.FileName.Should().Be(name);
        WireRules.FindViolation(bytes).Should().BeNull();
    }

    [Theory]
    [InlineData("message/rfc822")]
    [InlineData("multipart/mixed; boundary=x")]
    public async Task Attaches_whole_messages_as_plain_bytes_for_they_must_not_be_base64(string contentType)
    {
        var content = "Subject: inner\r\n\r\n\u00fc\n.\n"u8.ToArray();
        var bytes = await Compose.BytesAsync(Compose.Message with { Attachments = [new EmailAttachment("mail.eml", content, contentType)] });

        using var parsed = Compose.Parse(bytes);
        var part = (MimePart)parsed.Attachments.Single();
        part.ContentType.MimeType.Should().Be("application/octet-stream");
        Decoded(part).Should().Equal(content);
    }

    [Fact]
    public async Task Equal_input_gives_equal_bytes_and_another_id_another_boundary()
    {
        var message = Compose.Message with { HtmlBody = "<p>ü", Attachments = [s_logo, s_pdf], Tags = ["a"] };
        using var signing = Compose.Signing();
        using var other = await new MimeComposer(signing).ComposeAsync(MailId.New(Compose.Date), Compose.MessageId, Compose.Date, message, DkimScope.Full, TestContext.Current.CancellationToken);

        (await Compose.BytesAsync(message)).Should().Equal(await Compose.BytesAsync(message));
        ((Multipart)other.Body!).Boundary.Should().StartWith("=-").And.NotContain(Compose.Id.ToString());
    }

    [Fact]
    public async Task Bytes_stay_the_same_whatever_a_transport_prepares_for_D06()
    {
        var message = Compose.Message with
        {
            From = new EmailAddress("änne@acme.example", "Änne"),
            Subject = "Bestätigung – " + new string('ß', 500),
            TextBody = "Grüße " + new string('x', 5000) + "\r.\n\u0000",
            HtmlBody = "<p>" + new string('é', 3000),
            Attachments = [new EmailAttachment("ü.bin", new byte[1000]), s_logo],
        };
        using var composed = await Compose.MimeAsync(message, DkimTestKey.ForAcme(DkimTestKey.Rsa2048));
        var first = Compose.Bytes(composed);
        var international = WireFormat.Options.Clone();
        international.International = true;

        foreach (var constraint in Enum.GetValues<EncodingConstraint>())
        {
            composed.Prepare(constraint, 72);
            Compose.Bytes(composed).Should().Equal(first);
            Compose.Bytes(composed, international).Should().Equal(first);
        }

        var written = new MemoryStream();
        await composed.WriteToAsync(WireFormat.Options, written, TestContext.Current.CancellationToken);
        written.ToArray().Should().Equal(first);
        DkimCheck.For(DkimTestKey.ForAcme(DkimTestKey.Rsa2048)).Verify(first).Should().Equal(true);
    }

    [Fact]
    public async Task Writes_international_domains_in_ascii_and_leaves_only_local_parts_in_utf8()
    {
        var ascii = await Compose.BytesAsync(Compose.Message with { From = new EmailAddress("shop@bücher.example", "Bücher") });
        var utf8 = await Compose.BytesAsync(Compose.Message with { To = [new EmailAddress("用户@例え.example", "用户")] });

        Encoding.ASCII.GetString(ascii).Should().Contain("<shop@xn--bcher-kva.example>");
        WireRules.FindViolation(ascii).Should().BeNull();
        Encoding.UTF8.GetString(utf8).Should().Contain("<用户@xn--r8jz45g.example>");
        WireRules.FindViolation(utf8, allowUtf8Fields: true).Should().BeNull();
    }

    [Fact]
    public async Task Chooses_base64_only_for_text_that_is_shorter_that_way()
    {
        using var german = await Compose.MimeAsync(Compose.Message with { TextBody = "Grüße aus Wien, wo es heute schön ist." });
        using var greek = await Compose.MimeAsync(Compose.Message with { TextBody = "Καλημέρα κόσμε" });

        ((MimePart)german.Body!).ContentTransferEncoding.Should().Be(ContentEncoding.QuotedPrintable);
        ((MimePart)greek.Body!).ContentTransferEncoding.Should().Be(ContentEncoding.Base64);
    }

    private static byte[] Decoded(MimePart part)
    {
        var stream = new MemoryStream();
        part.Content!.DecodeTo(stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static string Describe(MimeEntity entity) => entity is Multipart multipart
        ? $"{multipart.ContentType.MimeType}({string.Join(' ', multipart.Select(Describe))})"
        : entity.ContentType.MimeType;
}
