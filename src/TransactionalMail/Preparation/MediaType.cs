using System.Buffers;

namespace TransactionalMail.Preparation;

/// <summary>The grammar of an attachment's content type: <c>type/subtype</c> and parameters (RFC 2045 §5.1), without comments.</summary>
internal static class MediaType
{
    private const string NotAType = "It is not a media type. Write type/subtype such as application/pdf, then parameters such as ; charset=utf-8 (RFC 2045 §5.1).";
    private const int LongestName = 127;
    private static readonly SearchValues<char> s_name = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+");
    private static readonly SearchValues<char> s_token =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(character => !"()<>@,;:\\\"/[]?=".Contains(character))]);

    /// <summary>Returns what is wrong with a content type and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblem(string contentType)
    {
        var rest = contentType.AsSpan();
        if (!TryReadName(ref rest, out var type) || type.Contains('.', StringComparison.Ordinal) || !TryReadChar(ref rest, '/') || !TryReadName(ref rest, out _)) return NotAType;
        if (type.Equals("multipart", StringComparison.OrdinalIgnoreCase) || type.Equals("message", StringComparison.OrdinalIgnoreCase))
        {
            return "A multipart or message type cannot be encoded as an attachment (RFC 2045 §6.4). Use application/octet-stream.";
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (!rest.IsEmpty)
        {
            rest = rest.TrimStart(' ');
            if (!TryReadChar(ref rest, ';')) return NotAType;
            rest = rest.TrimStart(' ');
            if (!TryReadName(ref rest, out var name) || !TryReadChar(ref rest, '=') || !TryReadValue(ref rest)) return NotAType;
            if (name.Equals("name", StringComparison.OrdinalIgnoreCase)) return "It has a name. Use EmailAttachment.FileName.";
            if (!names.Add(name)) return "It has a parameter twice. Remove one.";
        }

        return null;
    }

    /// <summary>Reads the name of a type or parameter, of characters and length every registered one has (RFC 6838 §4.2), so that it fits on a line.</summary>
    private static bool TryReadName(ref ReadOnlySpan<char> text, out string name)
    {
        var length = text.IndexOfAnyExcept(s_name);
        name = text[..(length < 0 ? text.Length : length)].ToString();
        text = text[name.Length..];
        return name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]);
    }

    private static bool TryReadToken(ref ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(s_token);
        if (length < 0) length = text.Length;
        text = text[length..];
        return length > 0;
    }

    private static bool TryReadChar(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected) return false;
        text = text[1..];
        return true;
    }

    private static bool TryReadValue(ref ReadOnlySpan<char> text)
    {
        if (!TryReadChar(ref text, '"')) return TryReadToken(ref text);
        while (!text.IsEmpty)
        {
            if (TryReadChar(ref text, '"')) return true;
            if (TryReadChar(ref text, '\\') && text.IsEmpty) return false;
            if (text[0] is < ' ' or > '~') return false;
            text = text[1..];
        }

        return false;
    }
}
