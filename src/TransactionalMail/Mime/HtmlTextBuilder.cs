using MimeKit.Text;
using TransactionalMail.Templates;

namespace TransactionalMail.Mime;

/// <summary>Keeps the open elements as a browser would, with the end tags HTML lets authors omit, and has them rendered.</summary>
/// <remarks>
/// Every look through the open elements is bounded by <see cref="MaxDepth"/>, which keeps the whole linear; elements nested deeper break
/// lines or are left out, no more.
/// </remarks>
internal sealed class HtmlTextBuilder(RenderBudget budget)
{
    private const int MaxDepth = 256;
    private const int ElementsPerStep = 32;

    private readonly HtmlTextRenderer _renderer = new(budget);
    private readonly HtmlElement _outermost = new(parent: null);
    private HtmlElement? _current;
    private int _depth;
    private int _tooDeep;
    private int _hiddenFrom;

    public void Write(ReadOnlySpan<char> text)
    {
        if (_hiddenFrom == 0) _renderer.Write(text, _current);
    }

    public void Open(HtmlTag tag)
    {
        Count();
        if (IsImplied(tag.Id)) return;
        var style = InlineStyle.Parse(tag.GetAttribute("style"));
        var display = tag.Display;
        if (display == HtmlDisplay.Inline && style.IsBlock) display = HtmlDisplay.Block;

        if (_tooDeep == 0) CloseImplied(tag.Id, display);

        if (IsSelfClosed(tag, display) || (_hiddenFrom > 0 && tag.Id.IsEmptyElement())) return;
        if (tag.Id.IsEmptyElement()) _renderer.WriteEmptyElement(tag, style, _current);
        else if (_depth == MaxDepth) OpenTooDeep(display);
        else Push(tag, style, display);
    }

    public void Close(HtmlTag tag)
    {
        Count();
        // Browsers forgive this slip.
        if (tag.Id == HtmlTagId.Br) Open(tag);
        if (tag.Id.IsEmptyElement() || IsImplied(tag.Id)) return;

        if (_tooDeep > 0)
        {
            CloseTooDeep(tag.Display);
            return;
        }

        var isInline = tag.Display == HtmlDisplay.Inline;
        var crossesBlock = false;

        for (var element = _current; element is not null; element = element.Parent)
        {
            if (element.IsClosedBy(tag))
            {
                if (crossesBlock) _renderer.EndLink(element);
                else CloseFrom(element);
                return;
            }

            if (IsTablePart(tag.Id) ? IsTable(element) : element.IsBoundary) return;
            crossesBlock |= isInline && element.Display != HtmlDisplay.Inline;
        }
    }

    public string Finish()
    {
        while (_current is not null) Pop();
        return _renderer.Finish();
    }

    /// <summary>Counts a tag, and the elements it may have to be compared with.</summary>
    private void Count() => budget.Step(_tooDeep > 0 ? 1 : 1 + (_depth / ElementsPerStep));

    private void Push(HtmlTag tag, InlineStyle style, HtmlDisplay display)
    {
        var element = _current?.Child ?? _outermost;
        element.Open(tag, display);
        element.IsHidden = _current is { IsHidden: true } || display == HtmlDisplay.None || style.IsHidden || tag.IsHidden;
        element.HasNoFont = style.HasNoFont ?? (_current is { HasNoFont: true } && InheritsFont(tag, display));
        element.Spacing = style.Spacing ?? (tag.IsPreformatted ? TextSpacing.Keep : _current?.Spacing ?? TextSpacing.Collapse);

        if (!element.IsHidden) _renderer.Begin(element, tag, style);
        _current = element;
        _depth++;
    }

    private void Pop()
    {
        var element = _current!;
        _current = element.Parent;
        _depth--;
        if (!element.IsHidden) _renderer.End(element);
    }

    private void OpenTooDeep(HtmlDisplay display)
    {
        _tooDeep++;
        if (display == HtmlDisplay.None && _hiddenFrom == 0) _hiddenFrom = _tooDeep;
        BreakTooDeep(display);
    }

    private void CloseTooDeep(HtmlDisplay display)
    {
        _tooDeep--;
        if (_tooDeep < _hiddenFrom) _hiddenFrom = 0;
        BreakTooDeep(display);
    }

    private void BreakTooDeep(HtmlDisplay display)
    {
        if (_hiddenFrom == 0 && (display is HtmlDisplay.Block or HtmlDisplay.Paragraph)) _renderer.BreakLine(_current);
    }

    /// <summary>Closes what the start of an element ends without a tag (HTML: "implied end tags").</summary>
    private void CloseImplied(HtmlTagId id, HtmlDisplay display)
    {
        switch (id)
        {
            case HtmlTagId.A:
                Close(new HtmlTag("a", default, isEnd: true, isSelfClosed: false));
                break;
            case HtmlTagId.LI:
                CloseNearest(e => e.Id == HtmlTagId.LI, within: IsContainer);
                break;
            case HtmlTagId.DT or HtmlTagId.DD:
                CloseNearest(e => e.Id is HtmlTagId.DT or HtmlTagId.DD, within: IsContainer);
                break;
            case HtmlTagId.TD or HtmlTagId.TH:
                CloseNearest(IsCellOrCaption, within: e => e.Id is HtmlTagId.TR or HtmlTagId.Table);
                break;
            case HtmlTagId.TR:
                CloseNearest(IsCellOrCaption, within: IsTable);
                CloseNearest(e => e.Id == HtmlTagId.TR, within: IsTable);
                break;
            case HtmlTagId.TBody or HtmlTagId.THead or HtmlTagId.Tfoot or HtmlTagId.Caption:
                CloseNearest(IsCellOrCaption, within: IsTable);
                CloseNearest(e => e.Id == HtmlTagId.TR, within: IsTable);
                CloseNearest(e => e.Id is HtmlTagId.TBody or HtmlTagId.THead or HtmlTagId.Tfoot, within: IsTable);
                break;
        }

        if (display is HtmlDisplay.Block or HtmlDisplay.Paragraph || id == HtmlTagId.HR)
            CloseNearest(e => e.Id == HtmlTagId.P, within: e => e.Display != HtmlDisplay.Inline);
    }

    private void CloseNearest(Predicate<HtmlElement> match, Predicate<HtmlElement> within)
    {
        for (var element = _current; element is not null; element = element.Parent)
        {
            if (match(element))
            {
                CloseFrom(element);
                return;
            }

            if (within(element)) return;
        }
    }

    private void CloseFrom(HtmlElement element)
    {
        while (_current != element.Parent) Pop();
    }

    /// <summary>One of each is there, whatever the markup says; what a head must not show is dropped by itself.</summary>
    private static bool IsImplied(HtmlTagId id) => id is HtmlTagId.Html or HtmlTagId.Head or HtmlTagId.Body;

    private static bool IsSelfClosed(HtmlTag tag, HtmlDisplay display) =>
        tag.IsSelfClosed && (tag.Id == HtmlTagId.Unknown || display == HtmlDisplay.None);

    private static bool IsTable(HtmlElement element) => element.Id == HtmlTagId.Table;

    private static bool IsCellOrCaption(HtmlElement element) => element.IsCell || element.Id == HtmlTagId.Caption;

    private static bool IsTablePart(HtmlTagId id) =>
        id is HtmlTagId.Table or HtmlTagId.TR or HtmlTagId.TD or HtmlTagId.TH
            or HtmlTagId.TBody or HtmlTagId.THead or HtmlTagId.Tfoot or HtmlTagId.Caption;

    private static bool IsContainer(HtmlElement element) =>
        element.Display != HtmlDisplay.Inline && element.Id is not (HtmlTagId.Address or HtmlTagId.Div or HtmlTagId.P);

    /// <summary>Layouts set the size to zero to close gaps, and set it again for the content, often by a class we cannot see.</summary>
    private static bool InheritsFont(HtmlTag tag, HtmlDisplay display) =>
        display == HtmlDisplay.Inline && tag.GetAttribute("class").IsEmpty;
}
