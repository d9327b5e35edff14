using System.Buffers;
using System.Globalization;
using System.Text;

namespace TransactionalMail.Messages;

/// <summary>What text may hold before it meets a protocol made of lines. A finding is a predicate: "has a line break (U+000A) at position 3".</summary>
internal static class TextRules
{
    private static readonly SearchValues<char> s_controls = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(static c => (char)c).Except(['\r', '\n', '\t'])]);

    /// <summary>Judges text that stands on one line: header fields, names, keys. No control characters, line separators or lone surrogates.</summary>
    public static string? FindProblemInLine(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029') return $"has a line break ({CodePoint(character)}) at position {i + 1}. Write it on one line.";
            if (char.IsControl(character)) return $"has a control character ({CodePoint(character)}) at position {i + 1}. Remove it.";
            if (!char.IsSurrogate(character)) continue;
            if (FindLoneSurrogate(text, i) is { } problem) return problem;
            i++;
        }

        return null;
    }

    /// <summary>Judges a body: line breaks and tabs are welcome, other C0 controls and lone surrogates are not.</summary>
    public static string? FindProblemInBody(string text)
    {
        var control = text.AsSpan().IndexOfAny(s_controls);
        var end = control < 0 ? text.Length : control;
        for (var i = 0; text.AsSpan(i, end - i).IndexOfAnyInRange('\ud800', '\udfff') is >= 0 and var next; i += next + 2)
        {
            if (FindLoneSurrogate(text, i + next) is { } problem) return problem;
        }

        return control < 0 ? null : $"has a control character ({CodePoint(text[control])}) at position {control + 1}. Remove it.";
    }

    /// <summary>Names a character for an error text, without letting it act there: <c>"," (U+002C)</c>, <c>U+000A</c>.</summary>
    public static string Describe(Rune rune) =>
        rune.Value is > ' ' and < '\u007f' ? $"\"{rune}\" ({CodePoint(rune.Value)})" : CodePoint(rune.Value);

    /// <summary>Quotes a key of the caller as a C# string, escaped and cut, so that it is safe in an error text.</summary>
    public static string Quote(string key)
    {
        const int Longest = 64;
        var quoted = new StringBuilder("\"");
        foreach (var character in key.AsSpan(0, Math.Min(key.Length, Longest)))
        {
            if (character is '"' or '\\') quoted.Append('\\').Append(character);
            else if (character is >= ' ' and < '\u007f' || char.IsLetterOrDigit(character)) quoted.Append(character);
            else quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }

        return quoted.Append(key.Length > Longest ? "…\"" : "\"").ToString();
    }

    private static string? FindLoneSurrogate(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
            ? null
            : $"has half a surrogate pair ({CodePoint(text[index])}) at position {index + 1}: the text was cut inside a character. Cut it between characters.";

    private static string CodePoint(int value) => string.Create(CultureInfo.InvariantCulture, $"U+{value:X4}");
}
