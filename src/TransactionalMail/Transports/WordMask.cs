using System.Text;
using System.Text.RegularExpressions;

namespace TransactionalMail.Transports;

/// <summary>Hides words in foreign text, however it writes them: in another case, quoted, folded, percent-encoded or in base64.</summary>
internal static partial class WordMask
{
    private const int Shortest = 3;
    private const int LongestAlone = 7;

    /// <summary>Hides secrets wherever they stand, however short they are.</summary>
    public static string HideSecrets(string text, IEnumerable<string> secrets, string mask) => Hide(text, secrets, mask, shortest: 1, longestAlone: 0);

    /// <summary>Hides words of a mail. Short ones are hidden only where they stand alone, and the shortest not at all: "ada" says nothing in "Canada".</summary>
    public static string Hide(string text, IEnumerable<string> words, string mask) => Hide(text, words, mask, Shortest, LongestAlone);

    private static string Hide(string text, IEnumerable<string> words, string mask, int shortest, int longestAlone)
    {
        var wanted = words.Select(static w => Read(w).Text).Where(w => w.Length >= shortest).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (wanted.Length == 0) return text;

        var hidden = new bool[text.Length];
        var (plain, places) = Read(text);
        foreach (var word in wanted)
        {
            for (var at = IndexOf(plain, word, 0); at >= 0; at = IndexOf(plain, word, at + 1))
            {
                var (first, end) = (places[at].Start.Value, places[at + word.Length - 1].End.Value);
                if (word.Length > longestAlone || StandsAlone(text, first, end)) hidden.AsSpan(first..end).Fill(true);
            }
        }

        foreach (var token in Base64Token().EnumerateMatches(text))
        {
            var content = Read(Decode(text.AsSpan(token.Index, token.Length))).Text;
            if (Array.Exists(wanted, word => word.Length >= Shortest && IndexOf(content, word, 0) >= 0)) hidden.AsSpan(token.Index, token.Length).Fill(true);
        }

        return Replace(text, hidden, mask);
    }

    /// <summary>Reads a text without what folding, quoting and percent-encoding do to it, and says where each character stands.</summary>
    private static (string Text, List<Range> Places) Read(string text)
    {
        var plain = new StringBuilder(text.Length);
        var places = new List<Range>(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = Math.Max(1, LengthOfEscapes(text, i));
            foreach (var character in Uri.UnescapeDataString(text.AsSpan(i, length)))
            {
                if (character is '\\' or '"' || char.IsWhiteSpace(character) || char.IsControl(character)) continue;
                plain.Append(character);
                places.Add(i..(i + length));
            }

            i += length;
        }

        return (plain.ToString(), places);
    }

    private static int LengthOfEscapes(string text, int start)
    {
        var end = start;
        while (end + 2 < text.Length && text[end] is '%' && char.IsAsciiHexDigit(text[end + 1]) && char.IsAsciiHexDigit(text[end + 2])) end += 3;
        return end - start;
    }

    private static string Replace(string text, bool[] hidden, string mask)
    {
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!hidden[i]) kept.Append(text[i]);
            else if (i == 0 || !hidden[i - 1]) kept.Append(mask);
        }

        return kept.ToString();
    }

    private static string Decode(ReadOnlySpan<char> token)
    {
        var whole = token[..(token.Length / 4 * 4)].ToString().Replace('-', '+').Replace('_', '/');
        var bytes = new byte[whole.Length];
        return Convert.TryFromBase64String(whole, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    private static bool StandsAlone(string text, int first, int end) =>
        (first == 0 || !char.IsLetterOrDigit(text[first - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end]));

    private static int IndexOf(string text, string word, int start) => text.IndexOf(word, start, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[A-Za-z0-9+/_-]{8,}={0,2}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Base64Token();
}
