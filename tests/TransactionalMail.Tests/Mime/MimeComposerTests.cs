using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MimeKit;
using NSubstitute;
using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public class MimeComposerTests(ITestOutputHelper output)
{
    private static readonly MailId s_id = MailId.Parse("01a20c40-0f93-7796-828a-dc210d627878", null);
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nests_alternatives_inline_images_and_attachments()
    {
        using var mime = await ComposeAsync(Some.Email() with
        {
            HtmlBody = "<img src=\"cid:logo\">",
            Attachments = [new("logo.png", new byte[] { 1 }) { ContentId = "logo" }, new("invoice.pdf", new byte[] { 2 })],
        });

        var mixed = mime.Body.Should().BeOfType<Multipart>().Which;
        var alternative = mixed[0].Should().BeOfType<MultipartAlternative>().Which;
        alternative[0].ContentType.MimeType.Should().Be("text/plain");
        var related = alternative[1].Should().BeOfType<MultipartRelated>().Which;
        related[0].ContentType.MimeType.Should().Be("text/html");
        related[1].ContentId.Should().Be("logo");
        mixed[1].ContentDisposition!.FileName.Should().Be("invoice.pdf");
    }

    [Fact]
    public async Task Equal_input_gives_equal_bytes_every_time()
    {
        var message = Some.Email() with { HtmlBody = "<p>ä</p>", Attachments = [new("ä.txt", "x"u8.ToArray())], Tags = ["a"], Metadata = new Dictionary<string, string> { ["k"] = "v" } };
        using var first = await ComposeAsync(message);
        using var second = await ComposeAsync(message);

        Bytes(first).Should().Equal(Bytes(first));
        Bytes(first).Should().Equal(Bytes(second));
        Encoding.ASCII.GetString(Bytes(first)).Should().Contain(s_id.Value.ToString("N"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Empty_content_is_valid_MIME_M11(string? body)
    {
        using var mime = await ComposeAsync(new EmailMessage { From = "a@acme.example", To = ["b@example.com"], TextBody = body });

        using var read = await ReadAsync(mime);
        read.TextBody!.TrimEnd().Should().BeEmpty();
    }

    [Fact]
    public async Task An_attachment_alone_is_valid_MIME_M11()
    {
        using var mime = await ComposeAsync(new EmailMessage { From = "a@acme.example", To = ["b@example.com"], Attachments = [new("a.bin", new byte[] { 1, 2, 3 })] });

        using var read = await ReadAsync(mime);
        read.Attachments.Should().ContainSingle();
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("CON")]
    [InlineData("rechnung-für-Zoë.pdf")]
    [InlineData("gpj.\u202Eexe")]
    public async Task Keeps_a_file_name_as_data_M10(string name)
    {
        using var mime = await ComposeAsync(Some.Email() with { Attachments = [new(name, new byte[] { 1 })] });

        using var read = await ReadAsync(mime);
        read.Attachments.Single().ContentDisposition!.FileName.Should().Be(name);
        Encoding.Latin1.GetString(Bytes(mime)).Should().MatchRegex("^[\\x00-\\x7f]*$");
    }

    [Fact]
    public async Task Random_mail_is_ASCII_in_short_lines_and_reads_back_M05_M06()
    {
        var random = new Random(20261124);
        const int Count = 3_000;
        for (var n = 0; n < Count; n++)
        {
            var body = Text(random, random.Next(0, 3_000), breaks: true);
            var subject = Text(random, random.Next(0, 1_500), breaks: false).Trim();
            using var mime = await ComposeAsync(Some.Email() with { Subject = subject, TextBody = body, To = [new EmailAddress("ada@example.com", Text(random, 20, false).Replace("=", "", StringComparison.Ordinal).Trim() + "x")] });

            var bytes = Bytes(mime);
            bytes.Should().OnlyContain(b => b < 128);
            var lines = Encoding.ASCII.GetString(bytes).Split("\r\n");
            lines.Should().OnlyContain(l => l.Length <= 998 && !l.Contains('\r') && !l.Contains('\n'));
            using var read = await ReadAsync(mime);
            read.TextBody!.ReplaceLineEndings("\n").TrimEnd('\n').Should().Be(body.ReplaceLineEndings("\n").Replace("\v", "").TrimEnd('\n'));
        }

        output.WriteLine($"{Count} messages.");
    }

    [Fact]
    public async Task Smuggling_payloads_leave_no_bare_line_ending_M06()
    {
        using var cases = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.Path("corpora/smtp-smuggling/cases.json"), s_ct));
        var count = 0;
        foreach (var text in cases.RootElement.EnumerateArray().SelectMany(c => c.EnumerateObject()).Where(p => p.Value.ValueKind is System.Text.Json.JsonValueKind.String).Select(p => p.Value.GetString()!.Replace("\0", "")))
        {
            using var mime = await ComposeAsync(Some.Email() with { TextBody = text });
            Encoding.Latin1.GetString(Bytes(mime)).Replace("\r\n", "").Should().NotContain("\r").And.NotContain("\n");
            count++;
        }

        output.WriteLine($"{count} bodies.");
        count.Should().BePositive();
    }

    private static string Text(Random random, int length, bool breaks)
    {
        const string Alphabet = "abc XYZ 0189.,;:=?_\"'<>@()äßé漢字🙂\t-";
        var text = new StringBuilder();
        foreach (var rune in Alphabet.EnumerateRunes().ToArray() is var runes ? Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)]) : [])
        {
            if (rune.Value == '\t' && !breaks) continue;
            text.Append(rune.ToString());
            if (breaks && random.Next(40) == 0) text.Append(random.Next(4) switch { 0 => "\r", 1 => "\n", 2 => "\n.\n", _ => "\r\n" });
        }

        return text.ToString();
    }

    private static async Task<MimeMessage> ComposeAsync(EmailMessage message)
    {
        var options = Substitute.For<IOptionsMonitor<TransactionalMailOptions>>();
        options.CurrentValue.Returns(new TransactionalMailOptions());
        var composer = new MimeComposer(new DkimSigning(options, Some.Clock(), NullLogger<DkimSigning>.Instance));
        return await composer.ComposeAsync(s_id, $"{s_id}@acme.example", Some.Clock().GetUtcNow(), message with { From = message.From ?? "no-reply@acme.example" }, s_ct);
    }

    private static byte[] Bytes(MimeMessage message)
    {
        using var stream = new MemoryStream();
        message.WriteTo(WireFormat.Options, stream, s_ct);
        return stream.ToArray();
    }

    private static async Task<MimeMessage> ReadAsync(MimeMessage message) => await MimeMessage.LoadAsync(new MemoryStream(Bytes(message)), s_ct);
}
