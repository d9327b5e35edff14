namespace TransactionalMail.Mime;

/// <summary>A data table: its cells placed in columns, with spans resolved and empty cells and rows left out.</summary>
internal sealed class TextGrid
{
    public const int MaxColumns = 32;

    private const int MaxLabelLength = 40;

    private readonly List<List<PlacedCell>> _rows;

    private TextGrid(List<List<PlacedCell>> rows)
    {
        _rows = rows;
        HeaderRows = Math.Max(rows.FindIndex(row => !row.TrueForAll(placed => placed.Cell.IsHeader)), 0);
    }

    public IReadOnlyList<List<PlacedCell>> Rows => _rows;

    /// <summary>Gets the number of leading rows of nothing but header cells; none where all rows are, as in some layouts.</summary>
    public int HeaderRows { get; }

    /// <summary>Returns <see langword="null"/> where fewer than two rows have several cells, which is what makes data.</summary>
    public static TextGrid? Place(List<List<TextCell>> rows)
    {
        var placed = new List<List<PlacedCell>>(rows.Count);
        var spanned = new int[MaxColumns];

        foreach (var row in rows)
        {
            if (!TryPlace(row, spanned, out var cells)) return null;
            if (cells.Count > 0) placed.Add(cells);
        }

        return placed.Count(row => row.Count > 1) > 1 ? new TextGrid(placed) : null;
    }

    /// <summary>Writes each row as lines of <c>Header: value</c>, where there are headers short enough to repeat.</summary>
    public bool TryWriteRecords(TextFlow flow)
    {
        if (HeaderRows != 1) return false;
        if (!_rows[0].TrueForAll(label => label.Cell.IsOneLine && label.Cell.Text.Length <= MaxLabelLength)) return false;

        var labels = new string?[MaxColumns];
        foreach (var (column, cell) in _rows[0]) labels[column] = cell.Text.TrimEnd(':') + ": ";

        foreach (var row in _rows.Skip(1))
        {
            flow.BreakParagraph();
            foreach (var (column, cell) in row)
            {
                flow.BreakLine();
                flow.Append(labels[column], TextSpacing.Keep);
                flow.Append(cell.Text, TextSpacing.Keep);
            }
        }

        return true;
    }

    private static bool TryPlace(List<TextCell> row, int[] spanned, out List<PlacedCell> cells)
    {
        cells = [];
        var column = 0;
        Span<int> next = stackalloc int[MaxColumns];

        foreach (var cell in row)
        {
            while (column < MaxColumns && spanned[column] > 0) column++;
            if (cell.ColumnSpan > MaxColumns - column) return false;
            if (!cell.IsEmpty) cells.Add(new(column, cell));
            next.Slice(column, cell.ColumnSpan).Fill(cell.RowSpan - 1);
            column += cell.ColumnSpan;
        }

        for (var i = 0; i < MaxColumns; i++) spanned[i] = Math.Max(spanned[i] - 1, next[i]);
        return true;
    }
}
