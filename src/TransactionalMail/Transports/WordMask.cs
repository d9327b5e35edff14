using System.Text;
using System.Text.RegularExpressions;

namespace TransactionalMail.Transports;

/// <summary>Hides words in foreign text, however it writes them: in another case, quoted, folded, percent-encoded or in base64.</summary>
internal static partial class WordMask
{
    private const string Mask = "***";
    private const int Shortest = 3;

    /// <summary>Words up to this length are hidden only where they stand alone: "ada" says nothing in "Canada".</summary>
    private const int LongestAlone = 7;

    public static string Hide(string text, IEnumerable<string> words)
    {
        var forms = words.SelectMany(static w => new[] { w, Uri.EscapeDataString(w) }).Select(Squeeze).Where(static w => w.Length >= Shortest).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (forms.Length == 0) return text;

        var hidden = new bool[text.Length];
        var places = Enumerable.Range(0, text.Length).Where(i => !IsFiller(text[i])).ToArray();
        var squeezed = Squeeze(text);
        foreach (var form in forms)
        {
            for (var at = IndexOf(squeezed, form, 0); at >= 0; at = IndexOf(squeezed, form, at + 1))
            {
                var (first, last) = (places[at], places[at + form.Length - 1]);
                if (form.Length > LongestAlone || StandsAlone(text, first, last)) Array.Fill(hidden, true, first, last - first + 1);
            }
        }

        foreach (var token in Base64Token().EnumerateMatches(text))
        {
            var content = Squeeze(Decode(text.AsSpan(token.Index, token.Length)));
            if (Array.Exists(forms, form => IndexOf(content, form, 0) >= 0)) Array.Fill(hidden, true, token.Index, token.Length);
        }

        return Replace(text, hidden);
    }

    private static string Replace(string text, bool[] hidden)
    {
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!hidden[i]) kept.Append(text[i]);
            else if (i == 0 || !hidden[i - 1]) kept.Append(Mask);
        }

        return kept.ToString();
    }

    private static string Decode(ReadOnlySpan<char> token)
    {
        var whole = token[..(token.Length / 4 * 4)].ToString().Replace('-', '+').Replace('_', '/');
        var bytes = new byte[whole.Length];
        return Convert.TryFromBase64String(whole, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    /// <summary>Returns the text without what folding and quoting put between its characters.</summary>
    private static string Squeeze(string text) => string.Concat(text.Where(static c => !IsFiller(c)));

    private static bool IsFiller(char character) => character is '\\' or '"' || char.IsWhiteSpace(character) || char.IsControl(character);

    private static bool StandsAlone(string text, int first, int last) =>
        (first == 0 || !char.IsLetterOrDigit(text[first - 1])) && (last == text.Length - 1 || !char.IsLetterOrDigit(text[last + 1]));

    private static int IndexOf(string text, string form, int start) => text.IndexOf(form, start, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[A-Za-z0-9+/_-]{8,}={0,2}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Base64Token();
}
