using System.Globalization;
using System.Net;
using System.Text;
using MimeKit.Text;

namespace TransactionalMail.Templates.Output;

/// <summary>Recognises URLs that run script instead of leading somewhere.</summary>
internal static class UrlSafety
{
    private const int LongestTelling = 32;

    /// <summary>Whether a URL-valued attribute, as encoded in HTML, holds a script.</summary>
    public static bool IsScript(string encoded, string attribute)
    {
        if (encoded.Length == 0) return false; // MimeKit's decoder takes no empty text.
        var isSingle = attribute is not ("content" or "srcset" or "values");
        if (isSingle && encoded.StartsWith("https://", StringComparison.Ordinal)) return false;

        // One knows every name, the other every number: MimeKit leaves a reference to a control character as it is, clients drop it.
        var value = HtmlUtils.HtmlDecode(WebUtility.HtmlDecode(encoded));
        return attribute switch
        {
            "content" => value.IndexOf("url", StringComparison.OrdinalIgnoreCase) is var url and >= 0
                && IsScriptUrl(value[(url + 3)..].TrimStart('=', ' ', '\'', '"'), allowImages: false),
            "srcset" => value.Split(',', ' ').Any(candidate => IsScriptUrl(candidate, allowImages: true)),
            "values" => value.Split(';').Any(candidate => IsScriptUrl(candidate, allowImages: false)),
            _ => IsScriptUrl(value, allowImages: attribute is "src" or "background"),
        };
    }

    /// <summary>Whether a URL's scheme runs script. White space and control characters are ignored, as clients do.</summary>
    public static bool IsScriptUrl(string url, bool allowImages)
    {
        var text = new StringBuilder();
        var hasScheme = false;
        foreach (var c in url)
        {
            if (c is '/' or '?' or '#' && !hasScheme) return false;
            if (IsIgnored(c)) continue;
            hasScheme |= c is ':';
            text.Append(char.ToLowerInvariant(c));
            if (text.Length == LongestTelling) break;
        }

        var start = text.ToString();
        if (start.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0) return false;
        return start[..colon] switch
        {
            "javascript" or "vbscript" or "jscript" or "livescript" or "mocha" => true,
            "data" => !(allowImages && IsImage(start[(colon + 1)..])),
            _ => false,
        };
    }

    /// <summary>Images that cannot hold script; SVG can.</summary>
    private static bool IsImage(string dataUrl) =>
        dataUrl.StartsWith("image/png", StringComparison.Ordinal) || dataUrl.StartsWith("image/jpeg", StringComparison.Ordinal)
        || dataUrl.StartsWith("image/gif", StringComparison.Ordinal) || dataUrl.StartsWith("image/webp", StringComparison.Ordinal);

    private static bool IsIgnored(char c) =>
        char.IsControl(c) || char.IsWhiteSpace(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format;
}
