using System.Collections.Frozen;
using System.Globalization;
using MimeKit.Text;

namespace TransactionalMail.Mime;

/// <summary>A tag as written; its attributes are read when asked for.</summary>
internal readonly ref struct HtmlTag(ReadOnlySpan<char> name, ReadOnlySpan<char> attributes, bool isEnd, bool isSelfClosed)
{
    private static readonly FrozenDictionary<string, HtmlTagId>.AlternateLookup<ReadOnlySpan<char>> s_ids = Enum.GetValues<HtmlTagId>()
        .ToFrozenDictionary(id => id.ToHtmlTagName(), StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Gets what stands after the name, for an <see cref="HtmlAttributeReader"/>.</summary>
    public ReadOnlySpan<char> Attributes { get; } = attributes;

    public ReadOnlySpan<char> Name { get; } = name;

    public HtmlTagId Id { get; } = s_ids.TryGetValue(name, out var id) ? id : HtmlTagId.Unknown;

    public bool IsEnd { get; } = isEnd;

    public bool IsSelfClosed { get; } = isSelfClosed;

    public HtmlDisplay Display => Id switch
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
        HtmlTagId.Unknown when Is(Name, "svg") || Is(Name, "template") => HtmlDisplay.None,

        _ => HtmlDisplay.Inline,
    };

    /// <summary>Gets whether what follows, up to the end tag, is text whatever it looks like.</summary>
    public bool HoldsRawText => Id is HtmlTagId.IFrame or HtmlTagId.NoEmbed or HtmlTagId.NoFrames or HtmlTagId.NoScript or HtmlTagId.PlainText
        or HtmlTagId.Script or HtmlTagId.Style or HtmlTagId.TextArea or HtmlTagId.Title or HtmlTagId.Xmp;

    public bool IsPreformatted => Id is HtmlTagId.Pre or HtmlTagId.Listing or HtmlTagId.Xmp or HtmlTagId.PlainText;

    public bool IsHidden => Has("hidden") || Is(GetAttribute("aria-hidden"), "true");

    /// <summary>Gets whether a table only arranges its content (ARIA <c>presentation</c>, or its synonym <c>none</c>).</summary>
    public bool IsPresentation => GetAttribute("role") is var role && (Is(role, "presentation") || Is(role, "none"));

    public bool IsRightAligned => Is(GetAttribute("align"), "right");

    /// <summary>Gets whether an image is too small to show anything: it tracks opens, or holds space.</summary>
    public bool IsPixel => GetNumber("width") is 0 or 1 || GetNumber("height") is 0 or 1;

    public bool Has(string name) => TryFind(name, out _);

    /// <summary>Returns an attribute's value; empty where there is none.</summary>
    public ReadOnlySpan<char> GetAttribute(string name) => TryFind(name, out var value) ? CharacterReference.DecodeAttribute(value) : default;

    public int? GetNumber(string name) =>
        int.TryParse(GetAttribute(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private bool TryFind(string name, out ReadOnlySpan<char> value)
    {
        var reader = new HtmlAttributeReader(Attributes);
        while (reader.Read())
        {
            if (!reader.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            value = reader.Value;
            return true;
        }

        value = default;
        return false;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);
}
