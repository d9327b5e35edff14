using System.Text;

namespace TransactionalMail.Tests.Mime;

/// <summary>Messages with the texts that composers get wrong. The same seed makes the same messages.</summary>
/// <param name="seed">Any number.</param>
/// <param name="sendable">Whether control characters are left out, which composing copes with and the mailer refuses.</param>
internal sealed class RandomMail(int seed, bool sendable = false)
{
    private static readonly string[] s_words =
    [
        "order", "a", "Größe", "Ёлка", "注文", "👩‍👩‍👧‍👦", "=?utf-8?q?x?=", "=3D", "?=", "\"", "\\", "<b>", "@", ",", ";", ":", "(c)", ".", "..",
        "https://acme.example/a/very/long/path?with=query&and=more&until=it&does=not&fit=on&one=line&of=seventy-six", "From ", "\t", "  ", "e\u0301", "ﷺ",
    ];

    private static readonly string[] s_lineEnds = ["\r\n", "\n", "\r", "\n\n", "\r\n.\r\n", "\n.\n", "\r.\r", " \r\n", "\t\n", "\0\n"];

    private readonly Random _random = new(seed);
    private readonly string[] _words = sendable ? [.. s_words.Where(word => word != "\t")] : s_words;
    private readonly string[] _lineEnds = sendable ? [.. s_lineEnds.Where(end => end != "\0\n")] : s_lineEnds;
    private int _parts;

    public EmailMessage Next() => new()
    {
        From = new EmailAddress("no-reply@" + Pick("acme.example", "bücher.example", "mail.acme.example"), Name()),
        To = Many(1, 5, Address),
        Cc = Many(0, 3, Address),
        Bcc = Many(0, 2, () => new EmailAddress("blind@hidden.example")),
        ReplyTo = Many(0, 2, Address),
        Subject = Maybe(() => Line(20)),
        TextBody = Maybe(Text),
        HtmlBody = Maybe(Text),
        Attachments = Many(0, 3, Attachment),
        Headers = Enumerable.Range(0, _random.Next(3)).ToDictionary(i => $"X-Custom-{i}", _ => Line(40)),
        Tags = Many(0, 3, () => "#" + Line(3)),
        Metadata = Enumerable.Range(0, _random.Next(3)).ToDictionary(i => "key" + new string('k', i * 20), _ => Line(8)),
    };

    private string Line(int maxWords)
    {
        if (_random.Next(20) == 0) return new string(Pick('x', 'ü'), _random.Next(1, 3000));
        return string.Join(' ', Many(0, maxWords, () => Pick(_words))).Trim(' ', '\t');
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (var lines = _random.Next(30); lines > 0; lines--)
        {
            if (_random.Next(10) == 0) text.Append('.', _random.Next(1, 4));
            text.Append(_random.Next(15) == 0 ? new string(Pick('x', 'ü', '=', ' '), _random.Next(2500)) : Line(25)).Append(Pick(_lineEnds));
        }

        return text.ToString();
    }

    private EmailAddress Address() => new(Pick("ada", "\"quo ted\"", "a+b", new string('l', 60)) + "@" + Pick("example.com", "例え.example", "[192.0.2.1]", "sub.domain.example"), Name());

    // Addresses refuse names with control characters and encoded words, so composing never sees them.
    private string? Name() =>
        Line(6).Replace("\t", "", StringComparison.Ordinal).Replace("=?", "=", StringComparison.Ordinal).Trim() is { Length: > 0 } name ? name : null;

    private EmailAttachment Attachment()
    {
        var content = new byte[_random.Next(3) * _random.Next(2000)];
        _random.NextBytes(content);
        var name = Line(4) is { Length: > 0 } line ? line : "x";
        return new EmailAttachment(name, content, Pick("application/pdf", "text/plain; charset=utf-8", "image/png")) { ContentId = _random.Next(3) == 0 ? $"part{_parts++}@acme" : null };
    }

    private string? Maybe(Func<string> make) => _random.Next(4) == 0 ? null : make();

    private List<T> Many<T>(int min, int max, Func<T> make) => [.. Enumerable.Range(0, _random.Next(min, max + 1)).Select(_ => make())];

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
