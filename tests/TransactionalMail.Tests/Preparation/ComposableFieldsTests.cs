using System.Text;
using MimeKit;
using TransactionalMail.Preparation;
using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Tests.Preparation;

/// <summary>Whatever the validator lets through can be written: in lines of 998 characters, in ASCII, and so that it reads back.</summary>
public sealed class ComposableFieldsTests(ITestOutputHelper output)
{
    private const int ValuesPerField = 200;
    private const string Escapes = """\"\\ ;""";

    private static readonly string[] s_words =
    [
        "a", "order", "Größe", "注文", "👩‍👩‍👧‍👦", "e\u0301", " ", "  ", ".", "..", "@", "<", ">", ",", ";", ":", "=", "?", "=?", "?=", "=?utf-8?q?x?=", "\"", "\\", "\\\"",
        "(c)", "/", "*", "%", "%20", "'", "=\"", "\"; ", "ada@example.com", "https://example.com/", "mailto:a@example.com", "example.com", "NO", "text/plain", "application/x",
        "; a=", "; b=\"", "; c*0=", "; c*=utf-8''", "; charset=", "xn--",
    ];

    // What reads each field back: decoded where text is encoded, raw where the grammar of the field is not for encoded words.
    private static readonly Dictionary<string, (Func<EmailMessage, string?> Written, Func<MimeMessage, string?> Read)> s_fields = new()
    {
        ["from.address"] = (m => Canonical(m.From!.Address), p => Canonical(p.From.Mailboxes.Single().Address)),
        ["from.displayName"] = (m => m.From!.DisplayName ?? "", p => p.From.Mailboxes.Single().Name ?? ""),
        ["to"] = (m => $"{m.To[0].DisplayName} {Canonical(m.To[0].Address)}", p => $"{p.To.Mailboxes.Single().Name} {Canonical(p.To.Mailboxes.Single().Address)}"),
        ["to.address"] = (m => Canonical(m.To[0].Address), p => Canonical(p.To.Mailboxes.Single().Address)),
        ["to.displayName"] = (m => m.To[0].DisplayName ?? "", p => p.To.Mailboxes.Single().Name ?? ""),
        ["cc.displayName"] = (m => m.Cc[0].DisplayName ?? "", p => p.Cc.Mailboxes.Single().Name ?? ""),
        ["replyTo.address"] = (m => Canonical(m.ReplyTo[0].Address), p => Canonical(p.ReplyTo.Mailboxes.Single().Address)),
        ["replyTo.displayName"] = (m => m.ReplyTo[0].DisplayName ?? "", p => p.ReplyTo.Mailboxes.Single().Name ?? ""),
        ["subject"] = (m => m.Subject, p => p.Subject),
        ["attachment.fileName"] = (m => m.Attachments[0].FileName, p => p.Attachments.Single().ContentDisposition!.FileName),
        ["attachment.contentType"] = (m => Canonical(ContentType.Parse(m.Attachments[0].ContentType)), p => Canonical(p.Attachments.Single().ContentType)),
        ["contentType.parameterName"] = (m => Canonical(ContentType.Parse(m.Attachments[0].ContentType)), p => Canonical(p.Attachments.Single().ContentType)),
        ["attachment.contentId"] = (m => m.Attachments[0].ContentId, p => Raw(p.Attachments.Single().Headers, "Content-Id")?.Trim('<', '>')),
        ["tag"] = (m => m.Tags[0], p => p.Headers["X-Tag"]),
        ["header.name"] = (m => m.Headers.Single().Value, p => p.Headers[p.Headers.Count > 0 ? LastName(p) : ""]),
        ["header.value"] = (m => m.Headers["X-Order"], p => p.Headers["X-Order"]),
        ["metadata.name"] = (m => m.Metadata.Single().Value, p => p.Headers[LastName(p)]),
        ["metadata.value"] = (m => m.Metadata["order"], p => p.Headers["X-Metadata-order"]),
    };

    public static TheoryData<string> Fields => [.. s_fields.Keys];

    public static TheoryData<string> StructuredFields =>
    [
        "In-Reply-To", "References", "List-Unsubscribe", "List-Help", "List-Post", "List-Owner", "List-Subscribe", "List-Archive", "List-ID", "Auto-Submitted", "Precedence", "Feedback-ID",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Accepted_text_fits_on_lines_and_reads_back_M05(string field)
    {
        var (written, read) = s_fields[field];
        var random = new Random(field.Sum(c => c));
        await AcceptedValuesComposeAsync(field, MessageFields.All[field], _ => Text(random), (message, _, parsed) => read(parsed)?.Trim().Should().Be(written(message)?.Trim(), "{0} accepted it", field));
    }

    [Theory]
    [MemberData(nameof(StructuredFields))]
    public async Task Accepted_values_of_structured_fields_are_folded_only_M05(string name)
    {
        var random = new Random(name.Sum(c => c));
        await AcceptedValuesComposeAsync(
            name,
            value => MessageFields.Valid() with { Headers = new Dictionary<string, string> { [name] = value } },
            i => i % 4 == 0 ? Text(random) : Structured(random, name),
            (_, value, parsed) => Raw(parsed.Headers, name).Should().Be(value));
    }

    public static TheoryData<string, string> Extremes => new()
    {
        { "attachment.contentType", $"text/plain; a=\"{new string('x', 5000)}\"; b={new string('y', 5000)}" },
        { "attachment.contentType", $"{new string('a', 127)}/{new string('b', 127)}; {new string('c', 127)}={new string('d', 900)}" },
        { "attachment.contentType", $"text/plain; a=\"{string.Concat(Enumerable.Repeat(Escapes, 900))}\"" },
        { "attachment.contentType", $"text/plain{string.Concat(Enumerable.Range(0, 500).Select(i => $"; p{i}=\"v {i}\""))}" },
        { "attachment.contentId", $"{new string('a', 127)}@{new string('b', 127)}" },
        { "attachment.fileName", string.Concat(Enumerable.Repeat("𠮷", 5000)) },
        { "from.displayName", new string('ü', 5000) },
        { "to.displayName", new string('x', 5000) },
        { "cc.displayName", string.Concat(Enumerable.Repeat("\"\\, ", 2000)) },
        { "to.address", $"{new string('l', 64)}@{string.Concat(Enumerable.Repeat(new string('d', 62) + ".", 2))}{new string('d', 60)}" },
        { "replyTo.address", $"\"{new string(' ', 60)}\"@{string.Concat(Enumerable.Repeat("müller.", 12))}example" },
        { "subject", new string('x', 100_000) },
        { "subject", "a" + new string(' ', 100_000) + "b" },
        { "tag", new string('ü', 5000) },
        { "header.value", new string('x', 8192) },
        { "header.name", new string('n', 76) },
        { "metadata.name", new string('k', 64) },
        { "metadata.value", new string('=', 5000) + "?" },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public async Task Extremes_are_accepted_fit_on_lines_and_read_back_M05(string field, string value)
    {
        var message = TryAccept(MessageFields.All[field], value);
        message.Should().NotBeNull();

        var bytes = await Compose.BytesAsync(message!);

        FindViolation(bytes, message!).Should().BeNull();
        using var parsed = Compose.Parse(bytes);
        s_fields[field].Read(parsed).Should().Be(s_fields[field].Written(message!));
    }

    [Fact]
    public async Task The_longest_parts_of_structured_fields_fit_on_lines_M05()
    {
        var id = $"<{new string('i', 897)}>";
        var address = $"<https://example.com/{new string('u', 876)}>,";
        foreach (var (name, value) in new[] { ("References", string.Join(' ', Enumerable.Repeat(id, 9))), ("List-Unsubscribe", string.Join(' ', Enumerable.Repeat(address, 9))[..^1]) })
        {
            var message = TryAccept(v => MessageFields.Valid() with { Headers = new Dictionary<string, string> { [name] = v } }, value);
            message.Should().NotBeNull();

            var bytes = await Compose.BytesAsync(message!);

            FindViolation(bytes, message!).Should().BeNull();
            using var parsed = Compose.Parse(bytes);
            Raw(parsed.Headers, name).Should().Be(value);
        }
    }

    private async Task AcceptedValuesComposeAsync(string field, Func<string, EmailMessage> build, Func<int, string> next, Action<EmailMessage, string, MimeMessage> readsBack)
    {
        using var signing = Compose.Signing();
        var (accepted, refused) = (0, 0);
        for (var i = 0; accepted < ValuesPerField && i < 50 * ValuesPerField; i++)
        {
            var value = next(i);
            if (TryAccept(build, value) is not { } message)
            {
                refused++;
                continue;
            }

            accepted++;
            var bytes = await Compose.BytesAsync(message, signing);
            FindViolation(bytes, message).Should().BeNull("{0} accepted [{1}]", field, value);
            using var parsed = Compose.Parse(bytes);
            readsBack(message, value, parsed);
        }

        output.WriteLine($"{field}: {accepted} accepted, {refused} refused");
        accepted.Should().BeGreaterThan(20, "otherwise this shows nothing");
    }

    private static EmailMessage? TryAccept(Func<string, EmailMessage> build, string value)
    {
        try
        {
            var message = build(value);
            return MessageValidator.Validate(message).Count == 0 ? message : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? FindViolation(byte[] mail, EmailMessage message)
    {
        var utf8 = new[] { message.From! }.Concat(message.To).Concat(message.Cc).Concat(message.ReplyTo).Any(address => address.RequiresSmtpUtf8);
        var text = Encoding.Latin1.GetString(mail);
        if (!utf8 && !Ascii.IsValid(text)) return "a byte is not ASCII";
        return text.Split("\r\n").Select((line, i) => line switch
        {
            { Length: > 998 } => $"line {i + 1} has {line.Length} characters",
            _ when line.AsSpan().ContainsAny('\r', '\n', '\0') => $"line {i + 1} has a bare CR, LF or NUL",
            _ => null,
        }).FirstOrDefault(violation => violation is not null);
    }

    /// <summary>Anything: a few words, some of them long enough to overflow a line.</summary>
    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var words = random.Next(1, 8); words > 0; words--)
        {
            var word = s_words[random.Next(s_words.Length)];
            text.Append(random.Next(12) == 0 ? string.Concat(Enumerable.Repeat(word, random.Next(1, 1200 / word.Length))) : word);
        }

        return text.ToString();
    }

    /// <summary>Something near the grammar of a list of message ids or addresses in angle brackets, mistakes included.</summary>
    private static string Structured(Random random, string name)
    {
        if (name is "List-ID" or "Auto-Submitted" or "Precedence" or "Feedback-ID")
        {
            return string.Join(Pick(" ", ""), Enumerable.Range(0, random.Next(1, 40)).Select(_ => Pick("news", "<news.example.com>", "auto-generated", ":", "ü", "=?", Long("n"))));
        }

        var items = Enumerable.Range(0, random.Next(1, 30)).Select(_ => $"<{Pick("https://example.com/", "mailto:", "a@", "")}{Pick("", "x", Long("x"))}{Pick("", "@example.com", "=?", "?=", "%20", "\u00fc")}>");
        return Pick("", "", " ") + string.Join(name is "References" or "In-Reply-To" ? Pick(" ", " ", "", "  ") : Pick(", ", ",", " , "), items) + Pick("", "", " ");

        string Long(string piece) => string.Concat(Enumerable.Repeat(piece, random.Next(1, random.Next(10) == 0 ? 1100 : 60)));
        string Pick(params string[] values) => values[random.Next(values.Length)];
    }

    private static string? Raw(HeaderList headers, string name) =>
        headers.FirstOrDefault(header => header.Field.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } header
            ? Encoding.UTF8.GetString(header.RawValue).Replace("\r\n", "", StringComparison.Ordinal)[1..]
            : null;

    private static string LastName(MimeMessage parsed) => parsed.Headers.Last(header => !header.Field.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)).Field;

    private static string Canonical(string address) => new EmailAddress(address).SmtpAddress.ToLowerInvariant();

    private static string Canonical(ContentType type) =>
        $"{type.MediaType}/{type.MediaSubtype}{string.Concat(type.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"; {p.Name}={p.Value}"))}";
}
