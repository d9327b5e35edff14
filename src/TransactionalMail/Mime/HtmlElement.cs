using MimeKit.Text;

namespace TransactionalMail.Mime;

/// <summary>An open element.</summary>
internal sealed class HtmlElement(HtmlTag tag, HtmlDisplay display, HtmlElement? parent)
{
    // An identifier tells the others apart.
    private readonly string? _unknownName = tag.Id == HtmlTagId.Unknown ? tag.Name.ToString() : null;

    public HtmlTagId Id { get; } = tag.Id;

    public HtmlDisplay Display { get; } = display;

    public HtmlElement? Parent { get; } = parent;

    public bool IsHidden { get; init; }

    public bool HasNoFont { get; init; }

    public TextSpacing Spacing { get; init; }

    /// <summary>Gets or sets whether the lines within are indented.</summary>
    public bool IsIndented { get; set; }

    /// <summary>Gets or sets the number of a list's next item.</summary>
    public int NextNumber { get; set; }

    /// <summary>Gets or sets where a link leads, until that is written.</summary>
    public LinkTarget? Target { get; set; }

    public int LinkStart { get; set; }

    public bool HoldsImage { get; set; }

    /// <summary>Gets or sets the table that a table element stands in.</summary>
    public TextTable? OuterTable { get; set; }

    public bool IsList => Id is HtmlTagId.UL or HtmlTagId.OL or HtmlTagId.Menu or HtmlTagId.Dir;

    public bool IsCell => Id is HtmlTagId.TD or HtmlTagId.TH;

    /// <summary>Gets whether an end tag within cannot close an element outside (HTML: "in scope").</summary>
    public bool IsBoundary => IsCell || Id is HtmlTagId.Table or HtmlTagId.Caption;

    public bool IsClosedBy(HtmlTag endTag) =>
        Id == endTag.Id && endTag.Name.Equals(_unknownName ?? endTag.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the innermost element, from this one outwards, that matches.</summary>
    public HtmlElement? Find(Predicate<HtmlElement> match)
    {
        var element = this;
        while (element is not null && !match(element)) element = element.Parent;
        return element;
    }
}
