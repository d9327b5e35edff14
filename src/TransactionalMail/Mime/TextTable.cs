using TransactionalMail.Templates;

namespace TransactionalMail.Mime;

/// <summary>Collects a table's cells and, once all are known, decides how they read best.</summary>
/// <remarks>
/// Whether a table holds data or only arranges a page shows in its content, since mail templates use tables, and header cells, for both.
/// Data is laid out in columns; where it does not fit, row by row. Anything else flows as blocks, in order.
/// </remarks>
internal sealed class TextTable(TextFlow outer, bool isPresentation, RenderBudget budget)
{
    /// <summary>The longest line to build from cells, in columns (RFC 5322 §2.1.1).</summary>
    public const int MaxWidth = 78;

    private readonly TextFlow _cellFlow = new(budget);
    private readonly List<List<TextCell>> _rows = [];
    private TextCell? _openCell;

    public void BeginRow() => _rows.Add([]);

    /// <summary>Returns the flow to write the cell's content to.</summary>
    public TextFlow BeginCell(bool isHeader, bool isRightAligned, int columnSpan, int rowSpan)
    {
        if (_rows.Count == 0) BeginRow();
        _openCell = new TextCell(isHeader, isRightAligned, Math.Max(columnSpan, 1), Math.Max(rowSpan, 1));
        return _cellFlow;
    }

    /// <summary>Returns the flow around the table.</summary>
    public TextFlow EndCell()
    {
        _openCell!.Text = _cellFlow.Take();
        _rows[^1].Add(_openCell);
        return outer;
    }

    public void Write()
    {
        var grid = isPresentation ? null : TextGrid.Place(_rows);
        if (grid is not null && (TextColumns.TryWrite(grid, outer) || grid.TryWriteRecords(outer))) return;

        foreach (var row in _rows) WriteRow(row, isData: grid is not null);
    }

    private void WriteRow(List<TextCell> cells, bool isData)
    {
        cells.RemoveAll(cell => cell.IsEmpty);
        var gap = isData ? " | " : "  ";
        var isShort = cells.TrueForAll(cell => cell.IsOneLine && cell.Text.Length <= MaxWidth)
            && (isData || cells.Sum(cell => cell.Text.Length + gap.Length) - gap.Length <= MaxWidth);

        if (cells.Count > 1 && isShort)
        {
            outer.BreakLine();
            outer.Append(string.Join(gap, cells.Select(cell => cell.Text)), TextSpacing.Keep);
            outer.BreakLine();
            return;
        }

        foreach (var cell in cells)
        {
            outer.BreakParagraph();
            outer.Append(cell.Text, TextSpacing.Keep);
            outer.BreakParagraph();
        }
    }
}
