using System.Globalization;
using System.Text;
using MimeKit;

namespace TransactionalMail.Mime;

/// <summary>Writes Content-Disposition (RFC 2183) with a file name of any length and script (RFC 2231).</summary>
/// <remarks>MimeKit breaks a long name between the halves of a surrogate pair, which loses the character, and leaves what looks like an encoded word to be decoded.</remarks>
internal static class DispositionField
{
    private const int MaxQuotedLength = 50;
    private const int MaxSectionLength = 50; // fits one line of 76 beside the parameter's name

    public static Header Write(string disposition, string fileName)
    {
        List<string> parts = [disposition, .. IsPlain(fileName) ? [$"filename={HeaderField.Quote(fileName)}"] : Sections(fileName)];
        return HeaderField.Tokens("Content-Disposition", parts.Select((part, i) => i < parts.Count - 1 ? $" {part};" : $" {part}"));
    }

    private static bool IsPlain(string fileName) =>
        fileName.Length <= MaxQuotedLength && HeaderField.IsPlain(fileName) && !fileName.Contains('\t', StringComparison.Ordinal);

    private static IEnumerable<string> Sections(string fileName)
    {
        var sections = new List<string>();
        var section = new StringBuilder();
        foreach (var rune in fileName.EnumerateRunes())
        {
            var encoded = Encode(rune);
            if (section.Length + encoded.Length > MaxSectionLength)
            {
                sections.Add(section.ToString());
                section.Clear();
            }

            section.Append(encoded);
        }

        sections.Add(section.ToString());
        return sections.Count == 1
            ? [$"filename*=utf-8''{sections[0]}"]
            : sections.Select((text, i) => string.Create(CultureInfo.InvariantCulture, $"filename*{i}*={(i == 0 ? "utf-8''" : "")}{text}"));
    }

    private static string Encode(Rune rune)
    {
        if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '-' or '.' or '_')) return rune.ToString();

        Span<byte> bytes = stackalloc byte[4];
        var encoded = new StringBuilder();
        foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        return encoded.ToString();
    }
}
