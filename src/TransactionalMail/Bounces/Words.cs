using System.Buffers;
using System.Text;

namespace TransactionalMail.Bounces;

/// <summary>Reduces a text to its words, so that phrases are found however it is folded, and never in an address or a link.</summary>
internal static class Words
{
    private const int MaxText = 16 * 1024;
    private const int LongestTopLevel = 7;
    private static readonly SearchValues<char> s_code = SearchValues.Create("0123456789.-");

    /// <summary>Returns the words in lower case, one space before, between and after; codes and links left out, <c>@</c> for an address, <c>#</c> for a host, <c>$</c> at the end.</summary>
    public static string Of(string text)
    {
        var words = new StringBuilder(" ");
        var head = text.AsSpan(0, Math.Min(text.Length, MaxText));
        foreach (var range in head.SplitAny(" \t\r\n\f\v"))
        {
            var word = head[range].Trim("<>\"'()[]{}*");
            if (word.IsEmpty || IsCode(word) || word.Contains("://", StringComparison.Ordinal)) continue;
            if (word.Contains('@') && word.Length > 1) words.Append('@');
            else if (IsHost(word)) words.Append('#');
            else Append(words, word);
            words.Append(' ');
        }

        return words.Append('$').ToString();
    }

    private static void Append(StringBuilder words, ReadOnlySpan<char> word)
    {
        foreach (var character in word) words.Append(character is '\u2019' ? '\'' : char.ToLowerInvariant(character));
    }

    /// <summary>A reply code or an enhanced code, with what punctuation hangs on it: <c>550</c>, <c>550-5.7.1</c>, <c>#5.1.1</c>, <c>550:</c>.</summary>
    private static bool IsCode(ReadOnlySpan<char> word)
    {
        var code = word.Trim("#:-,;.");
        return code.Length is >= 3 and <= 12 && code[0] is '2' or '4' or '5' && !code.ContainsAnyExcept(s_code);
    }

    private static bool IsHost(ReadOnlySpan<char> word)
    {
        var name = word.TrimEnd(".:,;");
        var dot = name.LastIndexOf('.');
        return dot > 0 && name.Length - dot - 1 is >= 2 and <= LongestTopLevel && !name[(dot + 1)..].ContainsAnyExceptInRange('A', 'z') && !name.ContainsAny("=/");
    }
}
