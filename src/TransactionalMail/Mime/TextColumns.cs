using System.Text;

namespace TransactionalMail.Mime;

/// <summary>Lays a data table out in aligned columns: numbers to the right, a rule under the header, one long column wrapped.</summary>
internal sealed class TextColumns
{
    private const int MaxLines = 6;
    private const int MinWrapWidth = 20;
    private const int Gap = 2;

    private readonly List<List<Box>> _rows = [];
    private readonly int _headerRows;
    private readonly int[] _widths = new int[TextGrid.MaxColumns];
    private readonly bool[] _isRight;

    private TextColumns(TextGrid grid)
    {
        foreach (var row in grid.Rows) _rows.Add(row.ConvertAll(placed => new Box(placed)));
        _headerRows = grid.HeaderRows;
        _isRight = FindRightColumns();
    }

    private IEnumerable<Box> Boxes => _rows.SelectMany(row => row);

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

        foreach (var box in _rows.Skip(_headerRows).SelectMany(row => row).Where(box => box.Span == 1))
        {
            if (box.Cell.IsRightAligned || box.Cell.IsNumeric) isRight[box.Column] = true;
            else isLeft[box.Column] = true;
        }

        return Array.ConvertAll(Enumerable.Range(0, isRight.Length).ToArray(), column => isRight[column] && !isLeft[column]);
    }

    private bool TryFit()
    {
        if (Boxes.Any(box => box.Lines.Count > MaxLines)) return false;
        foreach (var box in Boxes.Where(box => box.Span == 1)) _widths[box.Column] = Math.Max(_widths[box.Column], box.Width);
        if (TotalWidth > TextTable.MaxWidth && !TryWrapWidest()) return false;

        foreach (var row in _rows)
        {
            // The last of a row may run over the edge of the table.
            foreach (var box in row.SkipLast(1)) _widths[box.Column] += Math.Max(box.Width - WidthOf(box.Column, box.Span), 0);
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
        return Boxes.Where(box => box.Span == 1 && box.Column == widest).All(box => box.TryWrap(width, MaxLines));
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
        for (var i = 0; i < _rows.Count; i++)
        {
            if (i == _headerRows && i > 0) WriteLine(flow, Rule());
            var height = _rows[i].Max(box => box.Lines.Count);
            for (var line = 0; line < height; line++) WriteLine(flow, Line(_rows[i], line));
        }
    }

    private string Line(List<Box> row, int index)
    {
        var line = new StringBuilder();
        var width = 0;

        foreach (var box in row.Where(box => index < box.Lines.Count))
        {
            var text = box.Lines[index];
            var textWidth = TextWidth.Of(text);
            var before = WidthOf(0, box.Column);
            var start = before + (before > 0 ? Gap : 0);
            if (IsRight(box)) start += Math.Max(WidthOf(box.Column, box.Span) - textWidth, 0);

            line.Append(' ', start - width).Append(text);
            width = start + textWidth;
        }

        return line.ToString();
    }

    private bool IsRight(Box box) => box.Span == 1 ? _isRight[box.Column] : box.Cell.IsRightAligned;

    private string Rule() => string.Join(new string(' ', Gap), _widths.Where(width => width > 0).Select(width => new string('-', width)));

    private static void WriteLine(TextFlow flow, string line)
    {
        flow.BreakLine();
        flow.Append(line, TextSpacing.Keep);
    }

    /// <summary>A cell's lines in its columns.</summary>
    private sealed class Box(PlacedCell placed)
    {
        public TextCell Cell => placed.Cell;

        public int Column => placed.Column;

        public int Span => placed.Cell.ColumnSpan;

        public IReadOnlyList<string> Lines { get; private set; } = placed.Cell.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public int Width => Lines.Max(line => TextWidth.Of(line));

        /// <summary>Breaks lines between words; refuses to break a word, which may be an address.</summary>
        public bool TryWrap(int width, int maxLines)
        {
            var lines = new List<string>();
            foreach (var line in Lines)
            {
                var start = lines.Count;
                foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    if (TextWidth.Of(word) > width) return false;
                    if (lines.Count > start && TextWidth.Of(lines[^1]) + 1 + TextWidth.Of(word) <= width) lines[^1] += " " + word;
                    else lines.Add(word);
                    if (lines.Count > maxLines) return false;
                }
            }

            Lines = lines;
            return true;
        }
    }
}
