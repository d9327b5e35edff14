using System.Runtime.InteropServices;
using System.Text;

namespace TransactionalMail.Mime;

/// <summary>Lays a data table out in aligned columns: numbers to the right, a rule under the header, one long column wrapped.</summary>
internal sealed class TextColumns
{
    private const int MaxLines = 6;
    private const int MinWrapWidth = 20;
    private const int Gap = 2;

    private readonly TextGrid _grid;
    private readonly int[] _widths = new int[TextGrid.MaxColumns];
    private readonly bool[] _isRight;

    private TextColumns(TextGrid grid)
    {
        _grid = grid;
        _isRight = FindRightColumns();
    }

    private int TotalWidth => WidthOf(0, _widths.Length);

    /// <summary>Returns whether the table fits; where it does not, nothing is written.</summary>
    public static bool TryWrite(TextGrid grid, TextFlow flow)
    {
        var columns = new TextColumns(grid);
        if (!columns.TryFit()) return false;
        columns.Write(flow);
        return true;
    }

    private bool[] FindRightColumns()
    {
        var isRight = new bool[_widths.Length];
        var isLeft = new bool[_widths.Length];

        // Loops, here and below: a query over each of very many rows would take more memory than the table.
        for (var i = _grid.HeaderRows; i < _grid.Rows.Count; i++)
        {
            foreach (var cell in _grid.Rows[i])
            {
                if (cell.ColumnSpan > 1) continue;
                if (cell.IsRightAligned || cell.IsNumeric) isRight[cell.Column] = true;
                else isLeft[cell.Column] = true;
            }
        }

        return Array.ConvertAll(Enumerable.Range(0, isRight.Length).ToArray(), column => isRight[column] && !isLeft[column]);
    }

    private bool TryFit()
    {
        foreach (var row in _grid.Rows)
        {
            foreach (var cell in row)
            {
                if (cell.Height > MaxLines) return false;
                if (cell.ColumnSpan == 1) _widths[cell.Column] = Math.Max(_widths[cell.Column], cell.Width);
            }
        }

        if (TotalWidth > TextTable.MaxWidth && !TryWrapWidest()) return false;

        foreach (var row in _grid.Rows)
        {
            // The last of a row may run over the edge of the table.
            foreach (var cell in CollectionsMarshal.AsSpan(row)[..^1]) _widths[cell.Column] += Math.Max(cell.Width - WidthOf(cell.Column, cell.ColumnSpan), 0);
        }

        return TotalWidth <= TextTable.MaxWidth;
    }

    private bool TryWrapWidest()
    {
        var widest = 0;
        for (var column = 1; column < _widths.Length; column++)
        {
            if (!_isRight[column] && _widths[column] > _widths[widest]) widest = column;
        }

        var width = _widths[widest] - (TotalWidth - TextTable.MaxWidth);
        if (width < MinWrapWidth) return false;

        _widths[widest] = width;
        var wrapped = new StringBuilder();
        foreach (var row in _grid.Rows)
        {
            if (!row.TrueForAll(cell => cell.ColumnSpan > 1 || cell.Column != widest || cell.TryWrap(width, MaxLines, wrapped))) return false;
        }

        return true;
    }

    /// <summary>The width of some columns with the gaps between them; empty columns take none.</summary>
    private int WidthOf(int column, int span)
    {
        var width = 0;
        foreach (var columnWidth in _widths.AsSpan(column, span))
        {
            if (columnWidth > 0) width += columnWidth + (width > 0 ? Gap : 0);
        }

        return width;
    }

    private void Write(TextFlow flow)
    {
        for (var i = 0; i < _grid.Rows.Count; i++)
        {
            if (i == _grid.HeaderRows && i > 0) WriteRule(flow);
            var height = HeightOf(_grid.Rows[i]);
            for (var line = 0; line < height; line++) WriteLine(flow, _grid.Rows[i], line);
        }
    }

    private static int HeightOf(List<TextCell> row)
    {
        var height = 0;
        foreach (var cell in row) height = Math.Max(height, cell.Height);
        return height;
    }

    private void WriteLine(TextFlow flow, List<TextCell> row, int index)
    {
        flow.BreakLine();
        var width = 0;

        foreach (var cell in row)
        {
            var text = cell.Line(index);
            if (text.IsEmpty) continue;

            var textWidth = TextWidth.Of(text);
            var before = WidthOf(0, cell.Column);
            var start = before + (before > 0 ? Gap : 0);
            if (IsRight(cell)) start += Math.Max(WidthOf(cell.Column, cell.ColumnSpan) - textWidth, 0);

            flow.Pad(start - width);
            flow.Append(text, TextSpacing.Keep);
            width = start + textWidth;
        }
    }

    private bool IsRight(TextCell cell) => cell.ColumnSpan == 1 ? _isRight[cell.Column] : cell.IsRightAligned;

    private void WriteRule(TextFlow flow)
    {
        flow.BreakLine();
        flow.Append(string.Join(new string(' ', Gap), _widths.Where(width => width > 0).Select(width => new string('-', width))), TextSpacing.Keep);
    }
}
