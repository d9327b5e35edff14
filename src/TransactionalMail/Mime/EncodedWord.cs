using System.Globalization;
using System.Text;

namespace TransactionalMail.Mime;

/// <summary>Text of any script as ASCII (RFC 2047), in UTF-8 and whichever of the two encodings is shorter.</summary>
internal static class EncodedWord
{
    private const int MaxLength = 75;
    private const int Frame = 12; // =?utf-8?q? and ?=

    /// <summary>Splits text into encoded words of at most 75 characters, none of which breaks a character.</summary>
    /// <param name="text">The text to encode.</param>
    /// <param name="firstLength">The length the first word may have, so that it fits beside the field's name.</param>
    public static IEnumerable<string> Split(string text, int firstLength)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        var useQ = QLength(text) <= (bytes + 2) / 3 * 4;
        var room = firstLength - Frame;
        var word = new StringBuilder(MaxLength);
        var used = 0;

        foreach (var rune in text.EnumerateRunes())
        {
            var size = useQ ? QLength(rune) : rune.Utf8SequenceLength;
            if (used + size > (useQ ? room : room / 4 * 3))
            {
                yield return Write(word.ToString(), useQ);
                word.Clear();
                used = 0;
                room = MaxLength - Frame;
            }

            word.Append(rune);
            used += size;
        }

        yield return Write(word.ToString(), useQ);
    }

    private static string Write(string text, bool useQ) =>
        useQ ? $"=?utf-8?q?{ToQ(text)}?=" : $"=?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";

    private static string ToQ(string text)
    {
        var encoded = new StringBuilder(MaxLength);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b == ' ') encoded.Append('_');
            else if (IsQSafe(b)) encoded.Append((char)b);
            else encoded.Append(CultureInfo.InvariantCulture, $"={b:X2}");
        }

        return encoded.ToString();
    }

    private static int QLength(string text)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes()) length += QLength(rune);
        return length;
    }

    private static int QLength(Rune rune) => rune.Value == ' ' || IsQSafe(rune.Value) ? 1 : 3 * rune.Utf8SequenceLength;

    // The characters RFC 2047 §5 (3) allows in a phrase, which are allowed everywhere else too.
    private static bool IsQSafe(int value) =>
        value < 128 && (char.IsAsciiLetterOrDigit((char)value) || value is '!' or '*' or '+' or '-' or '/');
}
