using System.Buffers;
using System.Text;
using MimeKit;

namespace TransactionalMail.Mime;

/// <summary>Writes header fields as ASCII that reads back exactly (RFC 5322 §2.2.3, RFC 2047).</summary>
/// <remarks>
/// MimeKit would do most of this, but it passes text that looks like an encoded word through, which then reads back as
/// something else, and it encodes long words, which providers that read <c>X-</c> fields do not decode. The values are set
/// raw, so that writing for SMTPUTF8 does not reformat what has been signed.
/// </remarks>
internal static class HeaderField
{
    private const int TargetLength = 76; // RFC 2047 §2 for lines with encoded words; RFC 5322 §2.1.1 would like 78
    private const int MaxLength = 998;

    private static readonly SearchValues<char> s_atom = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~ ");

    /// <summary>Writes free text, such as a subject.</summary>
    public static Header Text(string name, string value) =>
        IsPlain(value) && Fold(name, Words(value)) is { } plain ? Raw(name, plain) : Raw(name, FoldEncoded(name, value));

    /// <summary>Writes a list of addresses; of an international one the domain is ASCII, the local part stays UTF-8 (RFC 6532).</summary>
    public static Header Addresses(string name, IReadOnlyList<EmailAddress> addresses)
    {
        var tokens = new List<string>();
        foreach (var address in addresses)
        {
            if (tokens.Count > 0) tokens[^1] += ',';
            if (string.IsNullOrEmpty(address.DisplayName))
            {
                tokens.Add(" " + address.SmtpAddress);
                continue;
            }

            tokens.AddRange(Phrase(address.DisplayName, TargetLength - name.Length - 2));
            tokens.Add($" <{address.SmtpAddress}>");
        }

        return Tokens(name, tokens);
    }

    /// <summary>Writes ASCII tokens, each with the space before it, and folds between them where the line is full.</summary>
    /// <exception cref="FormatException">A token is longer than a line may be.</exception>
    public static Header Tokens(string name, IEnumerable<string> tokens) =>
        Raw(name, Fold(name, tokens) ?? throw new FormatException($"A part of {name} is too long for one line."));

    /// <summary>Tells whether ASCII carries the text unchanged: no other characters, nothing that looks encoded, no space at the ends.</summary>
    public static bool IsPlain(string value) =>
        Ascii.IsValid(value)
        && !value.AsSpan().ContainsAnyInRange('\0', '\x08')
        && !value.AsSpan().ContainsAnyInRange('\x0A', '\x1F')
        && !value.Contains('\x7F', StringComparison.Ordinal)
        && !value.Contains("=?", StringComparison.Ordinal)
        && value.AsSpan().Trim().Length == value.Length;

    /// <summary>Writes a quoted-string (RFC 5322 §3.2.4).</summary>
    public static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static IEnumerable<string> Phrase(string name, int firstLength)
    {
        if (!IsPlain(name) || name.Length > firstLength || name.Contains('\t', StringComparison.Ordinal)) return EncodedWord.Split(name, firstLength).Select(word => " " + word);
        return name.AsSpan().ContainsAnyExcept(s_atom) || name.Contains("  ", StringComparison.Ordinal)
            ? [" " + Quote(name)]
            : [" " + name];
    }

    // Each word carries the white space before it, so a line is never made of white space alone.
    private static IEnumerable<string> Words(string value)
    {
        var start = 0;
        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] is not (' ' or '\t') || value[i - 1] is ' ' or '\t') continue;
            yield return start == 0 ? " " + value[..i] : value[start..i];
            start = i;
        }

        if (value.Length > 0) yield return start == 0 ? " " + value : value[start..];
    }

    private static string? Fold(string name, IEnumerable<string> tokens)
    {
        var folded = new StringBuilder();
        var column = name.Length + 1;
        foreach (var token in tokens)
        {
            if (column + token.Length > TargetLength && folded.Length > 0)
            {
                folded.Append("\r\n");
                column = 0;
            }

            folded.Append(token);
            column += token.Length;
            if (column > MaxLength) return null;
        }

        return folded.ToString();
    }

    private static string FoldEncoded(string name, string value)
    {
        const int shortest = 32;
        var room = TargetLength - name.Length - 2;
        return room < shortest
            ? "\r\n " + string.Join("\r\n ", EncodedWord.Split(value, TargetLength - 1))
            : " " + string.Join("\r\n ", EncodedWord.Split(value, room));
    }

    private static Header Raw(string name, string value)
    {
        var header = new Header(name, "x"); // some fields cannot be made empty
        header.SetRawValue(Encoding.UTF8.GetBytes(value + "\r\n"));
        return header;
    }
}
