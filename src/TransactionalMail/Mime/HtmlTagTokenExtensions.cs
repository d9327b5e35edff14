using System.Globalization;
using MimeKit.Text;

namespace TransactionalMail.Mime;

internal static class HtmlTagTokenExtensions
{
    public static HtmlDisplay GetDisplay(this HtmlTagToken tag) => tag.Id switch
    {
        HtmlTagId.P or HtmlTagId.H1 or HtmlTagId.H2 or HtmlTagId.H3 or HtmlTagId.H4 or HtmlTagId.H5 or HtmlTagId.H6
            or HtmlTagId.UL or HtmlTagId.OL or HtmlTagId.Menu or HtmlTagId.Dir or HtmlTagId.DL
            or HtmlTagId.BlockQuote or HtmlTagId.Pre or HtmlTagId.Listing or HtmlTagId.Xmp or HtmlTagId.PlainText
            or HtmlTagId.Table or HtmlTagId.Figure or HtmlTagId.FieldSet => HtmlDisplay.Paragraph,

        HtmlTagId.Address or HtmlTagId.Article or HtmlTagId.Aside or HtmlTagId.Caption or HtmlTagId.Center or HtmlTagId.DD
            or HtmlTagId.Details or HtmlTagId.Dialog or HtmlTagId.Div or HtmlTagId.DT or HtmlTagId.FigCaption
            or HtmlTagId.Footer or HtmlTagId.Form or HtmlTagId.Header or HtmlTagId.Legend or HtmlTagId.LI or HtmlTagId.Main
            or HtmlTagId.Nav or HtmlTagId.Section or HtmlTagId.Summary or HtmlTagId.TBody or HtmlTagId.TD
            or HtmlTagId.Tfoot or HtmlTagId.TH or HtmlTagId.THead or HtmlTagId.TR => HtmlDisplay.Block,

        HtmlTagId.DataList or HtmlTagId.IFrame or HtmlTagId.NoEmbed or HtmlTagId.NoFrames or HtmlTagId.NoScript
            or HtmlTagId.Script or HtmlTagId.Select or HtmlTagId.Style or HtmlTagId.TextArea or HtmlTagId.Title
            or HtmlTagId.Xml => HtmlDisplay.None,

        // Not in MimeKit's enumeration.
        HtmlTagId.Unknown when tag.Name.Equals("svg", StringComparison.OrdinalIgnoreCase)
            || tag.Name.Equals("template", StringComparison.OrdinalIgnoreCase) => HtmlDisplay.None,

        _ => HtmlDisplay.Inline,
    };

    public static string GetAttribute(this HtmlTagToken tag, HtmlAttributeId id) =>
        tag.Attributes.TryGetValue(id, out var attribute) ? attribute.Value ?? "" : "";

    public static string GetAttribute(this HtmlTagToken tag, string name) =>
        tag.Attributes.TryGetValue(name, out var attribute) ? attribute.Value ?? "" : "";

    public static int? GetNumber(this HtmlTagToken tag, HtmlAttributeId id) =>
        int.TryParse(tag.GetAttribute(id), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool IsHidden(this HtmlTagToken tag) =>
        tag.Attributes.Contains("hidden") || Is(tag.GetAttribute("aria-hidden"), "true");

    /// <summary>Whether a table only arranges its content (ARIA <c>presentation</c>, or its synonym <c>none</c>).</summary>
    public static bool IsPresentation(this HtmlTagToken tag) =>
        tag.GetAttribute("role") is var role && (Is(role, "presentation") || Is(role, "none"));

    public static bool IsPreformatted(this HtmlTagToken tag) =>
        tag.Id is HtmlTagId.Pre or HtmlTagId.Listing or HtmlTagId.Xmp or HtmlTagId.PlainText;

    public static bool IsRightAligned(this HtmlTagToken tag) => Is(tag.GetAttribute(HtmlAttributeId.Align), "right");

    /// <summary>Whether an image is too small to show anything: it tracks opens, or holds space.</summary>
    public static bool IsPixel(this HtmlTagToken tag) =>
        tag.GetNumber(HtmlAttributeId.Width) is 0 or 1 || tag.GetNumber(HtmlAttributeId.Height) is 0 or 1;

    private static bool Is(string text, string word) => text.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);
}
