using System.Buffers;
using System.Text;

namespace TransactionalMail.Mime;

/// <summary>A table cell: its text and, once the table is known, its place.</summary>
internal sealed class TextCell(bool isHeader, bool isRightAligned, int columnSpan, int rowSpan)
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create(" 0123456789.,:'’/-+");

    private string? _lines;

    public string Text { get; set; } = "";

    public bool IsHeader => isHeader;

    public bool IsRightAligned => isRightAligned;

    public int ColumnSpan => columnSpan;

    public int RowSpan => rowSpan;

    /// <summary>Gets or sets the first of the cell's columns, from 0.</summary>
    public int Column { get; set; }

    public bool IsEmpty => Text.Length == 0;

    public bool IsOneLine => !Text.Contains('\n', StringComparison.Ordinal);

    /// <summary>Gets the text without blank lines, wrapped if it had to be.</summary>
    public string Lines => _lines ??= Text.Replace("\n\n", "\n", StringComparison.Ordinal);

    public int Height => Lines.AsSpan().Count('\n') + 1;

    public int Width
    {
        get
        {
            var width = 0;
            foreach (var line in Lines.AsSpan().Split('\n')) width = Math.Max(width, TextWidth.Of(Lines.AsSpan()[line]));
            return width;
        }
    }

    /// <summary>Gets whether every line is a number, perhaps with a currency or a unit: <c>€ 12.50</c>, <c>-5 %</c>, <c>3x</c>.</summary>
    public bool IsNumeric
    {
        get
        {
            foreach (var line in Text.AsSpan().EnumerateLines())
            {
                if (!IsNumber(line)) return false;
            }

            return true;
        }
    }

    /// <summary>Returns one of <see cref="Lines"/>, counted from 0, or nothing after the last.</summary>
    public ReadOnlySpan<char> Line(int index)
    {
        foreach (var line in Lines.AsSpan().Split('\n'))
        {
            if (index-- == 0) return Lines.AsSpan()[line];
        }

        return default;
    }

    /// <summary>Breaks lines between words; refuses to break a word, which may be an address.</summary>
    /// <param name="width">The columns there are.</param>
    /// <param name="maxLines">How many lines are not too many.</param>
    /// <param name="wrapped">Where to write, to be used again for the next cell.</param>
    public bool TryWrap(int width, int maxLines, StringBuilder wrapped)
    {
        if (Width <= width) return true;

        wrapped.Clear();
        var count = 0;
        foreach (var line in Lines.AsSpan().Split('\n'))
        {
            var text = Lines.AsSpan()[line];
            var used = -1;
            foreach (var range in text.Split(' '))
            {
                var word = text[range];
                if (word.IsEmpty) continue;
                var wordWidth = TextWidth.Of(word);
                if (wordWidth > width) return false;

                var fits = used >= 0 && used + 1 + wordWidth <= width;
                if (!fits && ++count > maxLines) return false;
                if (wrapped.Length > 0) wrapped.Append(fits ? ' ' : '\n');
                wrapped.Append(word);
                used = fits ? used + 1 + wordWidth : wordWidth;
            }
        }

        _lines = wrapped.ToString();
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> line)
    {
        var first = line.IndexOfAny(s_digits);
        if (first < 0) return false;
        var last = line.LastIndexOfAny(s_digits);
        return line[first..last].IndexOfAnyExcept(s_numberCharacters) < 0
            && IsUnit(line[..first]) && IsUnit(line[(last + 1)..]);
    }

    private static bool IsUnit(ReadOnlySpan<char> text)
    {
        if (text.Length > 6) return false;

        var letters = 0;
        foreach (var c in text)
        {
            if (char.IsLetter(c)) letters++;
        }

        return letters <= 3;
    }
}
