namespace TransactionalMail.Mime;

/// <summary>A data table: its cells placed in columns, with spans resolved and empty cells and rows left out.</summary>
internal sealed class TextGrid
{
    public const int MaxColumns = 32;

    private const int MaxLabelLength = 40;

    private TextGrid(List<List<TextCell>> rows)
    {
        Rows = rows;
        HeaderRows = Math.Max(rows.FindIndex(row => !row.TrueForAll(cell => cell.IsHeader)), 0);
    }

    public IReadOnlyList<List<TextCell>> Rows { get; }

    /// <summary>Gets the number of leading rows of nothing but header cells; none where all rows are, as in some layouts.</summary>
    public int HeaderRows { get; }

    /// <summary>Returns <see langword="null"/> where fewer than two rows have several cells, which is what makes data.</summary>
    public static TextGrid? Place(List<List<TextCell>> rows)
    {
        var spanned = new int[MaxColumns];
        foreach (var row in rows)
        {
            if (!TryPlace(row, spanned)) return null;
        }

        rows.RemoveAll(row => row.Count == 0);
        return rows.Count(row => row.Count > 1) > 1 ? new TextGrid(rows) : null;
    }

    /// <summary>Writes each row as lines of <c>Header: value</c>, where there are headers short enough to repeat.</summary>
    public bool TryWriteRecords(TextFlow flow)
    {
        if (HeaderRows != 1) return false;
        if (!Rows[0].TrueForAll(label => label.IsOneLine && label.Text.Length <= MaxLabelLength)) return false;

        var labels = new string?[MaxColumns];
        foreach (var label in Rows[0]) labels[label.Column] = label.Text.TrimEnd(':') + ": ";

        foreach (var row in Rows.Skip(1))
        {
            flow.BreakParagraph();
            foreach (var cell in row)
            {
                flow.BreakLine();
                flow.Append(labels[cell.Column], TextSpacing.Keep);
                flow.Append(cell.Text, TextSpacing.Keep);
            }
        }

        return true;
    }

    private static bool TryPlace(List<TextCell> row, int[] spanned)
    {
        var column = 0;
        Span<int> next = stackalloc int[MaxColumns];

        foreach (var cell in row)
        {
            while (column < MaxColumns && spanned[column] > 0) column++;
            if (cell.ColumnSpan > MaxColumns - column) return false;
            cell.Column = column;
            next.Slice(column, cell.ColumnSpan).Fill(cell.RowSpan - 1);
            column += cell.ColumnSpan;
        }

        row.RemoveAll(cell => cell.IsEmpty);
        for (var i = 0; i < MaxColumns; i++) spanned[i] = Math.Max(spanned[i] - 1, next[i]);
        return true;
    }
}
