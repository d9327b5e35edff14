using System.Collections.Frozen;

namespace TransactionalMail.Templates.Output;

/// <summary>The names that matter to encoding.</summary>
internal static class HtmlAttributes
{
    private static readonly FrozenSet<string> s_urls = FrozenSet.Create(
        StringComparer.Ordinal,
        "action", "archive", "background", "by", "cite", "classid", "codebase", "content", "data", "dynsrc", "formaction", "from", "href", "icon",
        "longdesc", "lowsrc", "manifest", "ping", "poster", "profile", "src", "srcset", "to", "usemap", "values");

    private static readonly FrozenSet<string> s_rawText = FrozenSet.Create(
        StringComparer.Ordinal,
        "iframe", "noembed", "noframes", "plaintext", "script", "style", "xmp");

    /// <summary>Whether the element holds text in which entities mean nothing. In <c>title</c> and <c>textarea</c> they do, so these are like any other.</summary>
    public static bool IsRawText(ReadOnlySpan<char> element) => s_rawText.GetAlternateLookup<ReadOnlySpan<char>>().Contains(element);

    public static HtmlContext ContextOf(ReadOnlySpan<char> attribute)
    {
        if (attribute.StartsWith("on") || attribute is "srcdoc") return HtmlContext.Refused;
        if (attribute is "style") return HtmlContext.Style;
        return s_urls.GetAlternateLookup<ReadOnlySpan<char>>().Contains(attribute[(attribute.LastIndexOf(':') + 1)..]) ? HtmlContext.Url : HtmlContext.Attribute;
    }
}
