using System.Globalization;
using MimeKit.Text;
using TransactionalMail.Templates;

namespace TransactionalMail.Mime;

/// <summary>Writes elements as text, as they begin and end.</summary>
internal sealed class HtmlTextRenderer(RenderBudget budget)
{
    // Each level copies its cells' text once more.
    private const int MaxTableDepth = 16;

    private static readonly string s_rule = new('-', 40);

    private TextFlow _flow = new(budget);
    private TextTable? _table;
    private int _tableDepth;

    public void Write(ReadOnlySpan<char> text, HtmlElement? parent)
    {
        if (parent is { IsHidden: true } or { HasNoFont: true }) return;
        _flow.Append(text, parent?.Spacing ?? TextSpacing.Collapse);
    }

    public void BreakLine(HtmlElement? parent)
    {
        if (parent is not { IsHidden: true }) _flow.BreakLine();
    }

    public void Begin(HtmlElement element, HtmlTag tag, InlineStyle style)
    {
        BreakFor(element);

        switch (element.Id)
        {
            case HtmlTagId.A:
                element.Target = LinkTarget.Parse(tag.GetAttribute("href"));
                element.LinkStart = _flow.Position;
                break;
            case HtmlTagId.BlockQuote:
                element.IsIndented = _flow.BeginIndent("> ", "> ");
                break;
            case HtmlTagId.DD:
                element.IsIndented = _flow.BeginIndent("  ", "  ");
                break;
            case HtmlTagId.OL:
                element.NextNumber = tag.GetNumber("start") ?? 1;
                break;
            case HtmlTagId.LI:
                BeginItem(element, tag);
                break;
            case HtmlTagId.Table:
                element.OuterTable = _table;
                _table = _tableDepth++ < MaxTableDepth ? new TextTable(_flow, tag.IsPresentation, budget) : null;
                break;
            case HtmlTagId.TR:
                _table?.BeginRow();
                break;
            case HtmlTagId.TD or HtmlTagId.TH when _table is not null:
                _flow = _table.BeginCell(
                    isHeader: element.Id == HtmlTagId.TH || IsInHead(element),
                    isRightAligned: style.IsRightAligned || tag.IsRightAligned,
                    columnSpan: tag.GetNumber("colspan") ?? 1,
                    rowSpan: tag.GetNumber("rowspan") ?? 1);
                break;
        }
    }

    public void End(HtmlElement element)
    {
        EndLink(element);
        if (element.IsIndented) _flow.EndIndent();

        if (element.Id == HtmlTagId.Table)
        {
            _table?.Write();
            _table = element.OuterTable;
            _tableDepth--;
        }
        else if (element.IsCell && _table is not null)
        {
            _flow = _table.EndCell();
        }

        BreakFor(element);
    }

    public void EndLink(HtmlElement link)
    {
        if (link.Target is not { } target) return;
        link.Target = null;

        if (!_flow.HasTextSince(link.LinkStart))
        {
            // A picture without a description may be all there is to press.
            if (link.HoldsImage) _flow.AppendBareTarget(target.Text);
            return;
        }

        var text = _flow.LineSince(link.LinkStart);
        if (text is null || !target.IsNamedBy(text)) _flow.AppendTarget(target.Text);
        else if (!target.CanBeReplacedBy(text)) _flow.ReplaceWithTarget(text, target.Text);
    }

    public void WriteEmptyElement(HtmlTag tag, InlineStyle style, HtmlElement? parent)
    {
        if (style.IsHidden || tag.IsHidden || parent is { IsHidden: true }) return;

        switch (tag.Id)
        {
            case HtmlTagId.Br:
                _flow.NewLine();
                break;
            case HtmlTagId.HR:
                _flow.BreakParagraph();
                _flow.Append(s_rule, TextSpacing.Collapse);
                _flow.BreakParagraph();
                break;
            case HtmlTagId.Image when !tag.IsPixel:
                if (parent?.Find(element => element.Target is not null) is { } link) link.HoldsImage = true;
                AppendDescription(tag.GetAttribute("alt"));
                break;
        }
    }

    public string Finish()
    {
        _flow.EndText();
        return _flow.Take();
    }

    private void AppendDescription(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        _flow.Append(" ", TextSpacing.Collapse);
        _flow.Append(text, TextSpacing.Collapse);
        _flow.Append(" ", TextSpacing.Collapse);
    }

    private void BeginItem(HtmlElement item, HtmlTag tag)
    {
        var marker = "- ";
        if (FindList(item) is { Id: HtmlTagId.OL } list)
        {
            var number = tag.GetNumber("value") ?? list.NextNumber;
            list.NextNumber = unchecked(number + 1);
            marker = string.Create(CultureInfo.InvariantCulture, $"{number}. ");
        }

        item.IsIndented = _flow.BeginIndent(marker, new string(' ', marker.Length));
    }

    private void BreakFor(HtmlElement element)
    {
        if (element.Display == HtmlDisplay.Inline) return;
        if (element.Display == HtmlDisplay.Block || (element.IsList && FindList(element.Parent) is not null)) _flow.BreakLine();
        else _flow.BreakParagraph();
    }

    private static HtmlElement? FindList(HtmlElement? element) =>
        element?.Find(e => e.IsList || e.IsBoundary) is { IsList: true } list ? list : null;

    private static bool IsInHead(HtmlElement cell) =>
        cell.Find(e => e.Id is HtmlTagId.THead or HtmlTagId.Table) is { Id: HtmlTagId.THead };
}
