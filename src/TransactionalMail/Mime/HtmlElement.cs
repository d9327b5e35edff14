using MimeKit.Text;

namespace TransactionalMail.Mime;

/// <summary>An open element; once it is closed, the next one at its depth takes its place.</summary>
internal sealed class HtmlElement(HtmlElement? parent)
{
    private HtmlElement? _child;
    private string? _unknownName;

    public HtmlElement? Parent => parent;

    public HtmlTagId Id { get; private set; }

    public HtmlDisplay Display { get; private set; }

    public bool IsHidden { get; set; }

    public bool HasNoFont { get; set; }

    public TextSpacing Spacing { get; set; }

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

    /// <summary>Gets the place of an element within this one.</summary>
    public HtmlElement Child => _child ??= new HtmlElement(this);

    /// <summary>Begins a new element here.</summary>
    public void Open(HtmlTag tag, HtmlDisplay display)
    {
        (Id, Display) = (tag.Id, display);
        // An identifier tells the others apart.
        _unknownName = tag.Id == HtmlTagId.Unknown ? tag.Name.ToString() : null;
        (IsIndented, HoldsImage) = (false, false);
        (Target, OuterTable) = (null, null);
    }

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
