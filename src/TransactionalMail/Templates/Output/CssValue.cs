using System.Text;
using MimeKit.Text;

namespace TransactionalMail.Templates.Output;

/// <summary>Lets into style sheets what a model may decide there: words, numbers, colours, and addresses of images.</summary>
internal static class CssValue
{
    /// <param name="value">The value.</param>
    /// <param name="before">What stands before it in the same style sheet.</param>
    public static string Sanitize(string value, string before)
    {
        // MimeKit's decoder takes no empty text.
        var url = before.Length == 0 ? null : UrlBefore(HtmlUtils.HtmlDecode(before));
        if (url is null) return value.All(IsPlain) ? value : "";

        return UrlSafety.IsScriptUrl(url + value, allowImages: true) ? "" : EscapeUrl(value);
    }

    /// <summary>Gets the beginning of the address if this place is inside <c>url(</c>.</summary>
    private static string? UrlBefore(string before)
    {
        var open = before.LastIndexOf("url(", StringComparison.OrdinalIgnoreCase);
        return open < 0 || before.IndexOf(')', open) >= 0 ? null : before[(open + 4)..].TrimStart(' ', '\'', '"');
    }

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || c is ' ' or '#' or '%' or '.' or ',' or '-' or '+' or '_';

    private static string EscapeUrl(string url)
    {
        var result = new StringBuilder(url.Length);
        foreach (var c in url)
        {
            if (c is '\'' or '"' or '(' or ')' or '\\' or '<' or '>' or '{' or '}' or ';' || char.IsWhiteSpace(c) || char.IsControl(c))
                result.Append(Uri.HexEscape(c <= 0xFF ? c : ' '));
            else
                result.Append(c);
        }

        return result.ToString();
    }
}
