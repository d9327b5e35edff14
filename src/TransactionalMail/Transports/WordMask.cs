using System.Text;
using System.Text.RegularExpressions;

namespace TransactionalMail.Transports;

/// <summary>Hides words in foreign text, however it writes them: in another case, quoted, folded, percent-encoded or in base64.</summary>
internal static partial class WordMask
{
    private const int Shortest = 3;
    private const int LongestAlone = 7;
    private const int ShortestQuote = 16;

    /// <summary>Hides secrets wherever they stand, however short they are.</summary>
    public static string HideSecrets(string text, IEnumerable<string> secrets, string mask) => Hide(text, secrets, mask, shortest: 1, longestAlone: 0);

    /// <summary>Hides words of a mail. Short ones are hidden only where they stand alone, and the shortest not at all: "ada" says nothing in "Canada".</summary>
    public static string Hide(string text, IEnumerable<string> words, string mask) => Hide(text, words, mask, Shortest, LongestAlone);

    /// <summary>Hides what a text quotes from others: 16 characters or more in a row, however folded or escaped, codes of four or more with a digit, and long base64, which may hold anything.</summary>
    /// <remarks>Shorter pieces of prose are no quotes: an error and a mail may both speak of an address.</remarks>
    public static string HideQuotes(string text, IEnumerable<string> sources, string mask)
    {
        var hidden = new bool[text.Length];
        foreach (var token in LongBase64Token().EnumerateMatches(text)) hidden.AsSpan(token.Index, token.Length).Fill(true);

        var codes = Code().Matches(text);
        var (plain, places) = Read(text);
        foreach (var source in sources)
        {
            foreach (var code in codes.Where(c => StandsIn(source, c.Value))) hidden.AsSpan(code.Index, code.Length).Fill(true);
            if (plain.Length < ShortestQuote || source.Length < ShortestQuote) continue;
            var quotable = Read(source, places: null);
            for (var at = 0; at + ShortestQuote <= plain.Length; at++)
            {
                if (!quotable.AsSpan().Contains(plain.AsSpan(at, ShortestQuote), StringComparison.OrdinalIgnoreCase)) continue;
                hidden.AsSpan(places[at].Start.Value..places[at + ShortestQuote - 1].End.Value).Fill(true);
            }
        }

        return Replace(text, hidden, mask);
    }

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
                while (end < text.Length && text[end] is '=') end++; // not read, yet it may belong to the word
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

    /// <summary>Reads a text without what folding, quoting, quoted-printable and percent-encoding do to it, and says where each character stands.</summary>
    private static (string Text, List<Range> Places) Read(string text)
    {
        var places = new List<Range>(text.Length);
        return (Read(text, places), places);
    }

    private static string Read(string text, List<Range>? places)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = LengthOfEscapes(text, i);
            if (length == 0) Add(text[i], i++);
            else
            {
                foreach (var character in Uri.UnescapeDataString(text.AsSpan(i, length))) Add(character, i, length);
                i += length;
            }
        }

        return plain.ToString();

        void Add(char character, int at, int length = 1)
        {
            if (character is '\\' or '"' or '=' || char.IsWhiteSpace(character) || char.IsControl(character)) return;
            plain.Append(character);
            places?.Add(at..(at + length));
        }
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

    private static bool StandsIn(string source, string code)
    {
        for (var at = IndexOf(source, code, 0); at >= 0; at = IndexOf(source, code, at + 1))
        {
            if (StandsAlone(source, at, at + code.Length)) return true;
        }

        return false;
    }

    private static int IndexOf(string text, string word, int start) => text.IndexOf(word, start, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[A-Za-z0-9+/_-]{8,}={0,2}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Base64Token();

    /// <summary>In both cases, which ids of providers are not.</summary>
    [GeneratedRegex("(?<![A-Za-z0-9+/_-])(?=[A-Z0-9+/_-]*[a-z])(?=[a-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{32,}={0,2}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongBase64Token();

    [GeneratedRegex(@"(?<![\p{L}\p{Nd}])(?=\p{L}*\p{Nd})[\p{L}\p{Nd}]{4,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
