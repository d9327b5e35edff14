using System.Buffers;
using System.Text;

namespace TransactionalMail.Mime;

/// <summary>A hyperlink's target as a reader of text can use it.</summary>
/// <param name="Text">The URL, or the bare address or number of a <c>mailto:</c> or <c>tel:</c> link.</param>
/// <param name="IsPhone">Whether it is a telephone number, which people space as they like.</param>
internal readonly record struct LinkTarget(string Text, bool IsPhone)
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);

    /// <summary>Returns <see langword="null"/> for what leads nowhere outside the page: fragments, scripts, embedded data.</summary>
    public static LinkTarget? Parse(ReadOnlySpan<char> href)
    {
        var url = Clean(href);
        if (url.Length == 0 || url[0] == '#') return null;

        var colon = url.IndexOf(':', StringComparison.Ordinal);
        var target = colon < 0 ? new LinkTarget(url, false) : url[..colon].ToUpperInvariant() switch
        {
            "MAILTO" => new(Clean(Uri.UnescapeDataString(Before('?', url[(colon + 1)..]))), false),
            "TEL" or "SMS" => new(Clean(Uri.UnescapeDataString(Before('?', url[(colon + 1)..]))), true),
            "JAVASCRIPT" or "VBSCRIPT" or "DATA" or "BLOB" or "ABOUT" or "FILE" or "CID" or "MID" => default,
            _ => new(url, false),
        };

        return string.IsNullOrEmpty(target.Text) ? null : target;
    }

    /// <summary>Whether the link's own text already says where it goes, so that saying it twice would only be noise.</summary>
    public bool IsNamedBy(ReadOnlySpan<char> text) => IsPhone
        ? Digits(text).Equals(Digits(Text), StringComparison.Ordinal)
        : Bare(text).Equals(Bare(Text), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the text can stand in place of the target: programs recognise it as a link, or people can dial it.</summary>
    public bool CanBeReplacedBy(string text) => IsPhone || text.Length >= Text.Length || text.Contains("://", StringComparison.Ordinal);

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> url)
    {
        var scheme = url.IndexOf("://");
        if (scheme >= 0) url = url[(scheme + 3)..];
        return url.TrimEnd('/');
    }

    private static string Digits(ReadOnlySpan<char> number)
    {
        var digits = new StringBuilder();
        foreach (var c in number)
        {
            if (char.IsDigit(c)) digits.Append(c);
        }

        return digits.ToString();
    }

    private static string Before(char mark, string text)
    {
        var index = text.IndexOf(mark, StringComparison.Ordinal);
        return index < 0 ? text : text[..index];
    }

    /// <summary>Browsers skip control characters in a URL; a space would end it for programs that find links in text.</summary>
    private static string Clean(ReadOnlySpan<char> url)
    {
        var text = url.Trim();
        if (!text.ContainsAnyExcept(s_plain)) return text.ToString();

        var clean = new StringBuilder(text.Length);

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == ' ') clean.Append("%20");
            else if (!Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune)) clean.Append(rune);
        }

        return clean.ToString();
    }
}
