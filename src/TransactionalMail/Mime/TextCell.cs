using System.Buffers;

namespace TransactionalMail.Mime;

/// <summary>A table cell as rendered.</summary>
internal sealed record TextCell(string Text, bool IsHeader, bool IsRightAligned, int ColumnSpan, int RowSpan)
{
    private static readonly SearchValues<char> s_numberCharacters = SearchValues.Create(" 0123456789.,:'’/-+");

    public bool IsEmpty => Text.Length == 0;

    public bool IsOneLine => !Text.Contains('\n', StringComparison.Ordinal);

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

    private static bool IsNumber(ReadOnlySpan<char> line)
    {
        var first = line.IndexOfAnyInRange('0', '9');
        if (first < 0) return false;
        var last = line.LastIndexOfAnyInRange('0', '9');
        return line[first..last].IndexOfAnyExcept(s_numberCharacters) < 0
            && IsUnit(line[..first]) && IsUnit(line[(last + 1)..]);
    }

    private static bool IsUnit(ReadOnlySpan<char> text)
    {
        var letters = 0;
        foreach (var c in text)
        {
            if (char.IsLetter(c)) letters++;
        }

        return letters <= 3 && text.Length <= 6;
    }
}
