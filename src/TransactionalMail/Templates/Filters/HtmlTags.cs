using System.Text;

namespace TransactionalMail.Templates.Filters;

/// <summary>Removes tags, comments, scripts and styles, in one pass whatever the input.</summary>
internal static class HtmlTags
{
    private static readonly (string Start, string End)[] s_pairs = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->")];

    public static string Strip(string html)
    {
        var result = new StringBuilder(html.Length);
        var unclosed = new bool[s_pairs.Length];
        var position = 0;
        while (position < html.Length)
        {
            var open = html.IndexOf('<', position);
            var close = open < 0 ? -1 : html.IndexOf('>', open);
            if (close < 0) break;

            result.Append(html, position, open - position);
            position = EndOfPair(html.AsSpan(open), unclosed) is { } length ? open + length : close + 1;
        }

        return result.Append(html, position, html.Length - position).ToString();
    }

    /// <summary>Looks for each end at most once in vain: what is missing from here on is missing further on.</summary>
    private static int? EndOfPair(ReadOnlySpan<char> rest, bool[] unclosed)
    {
        for (var i = 0; i < s_pairs.Length; i++)
        {
            var (start, end) = s_pairs[i];
            if (unclosed[i] || !rest.StartsWith(start, StringComparison.OrdinalIgnoreCase)) continue;

            var close = rest.IndexOf(end, StringComparison.OrdinalIgnoreCase);
            if (close >= 0) return close + end.Length;
            unclosed[i] = true;
        }

        return null;
    }
}
