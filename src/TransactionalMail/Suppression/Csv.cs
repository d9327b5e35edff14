using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace TransactionalMail.Suppression;

/// <summary>Comma-separated values (RFC 4180), none of which a spreadsheet takes for a formula.</summary>
internal static class Csv
{
    private const string Formula = "=+-@\t'";

    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",\"\r\n");

    public static string Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        if (Formula.Contains(value[0], StringComparison.Ordinal)) value = $"'{value}";
        return value.AsSpan().ContainsAny(s_quoted) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }

    /// <summary>Reads the lines that hold something, each with the number it begins at, from 1.</summary>
    /// <exception cref="FormatException">A quotation is not closed.</exception>
    public static async IAsyncEnumerable<(int Line, IReadOnlyList<string> Cells)> ReadAsync(TextReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        var (begin, isQuoted) = (1, false);
        for (var line = 1; await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } text; line++)
        {
            if (isQuoted) cell.Append('\n');
            else begin = line;
            for (var i = line == 1 && text.StartsWith('\uFEFF') ? 1 : 0; i < text.Length; i++)
            {
                if (text[i] is '"' && isQuoted && i + 1 < text.Length && text[i + 1] is '"') cell.Append(text[i++]);
                else if (text[i] is '"') isQuoted = !isQuoted;
                else if (text[i] is ',' && !isQuoted) Take(cell, cells);
                else cell.Append(text[i]);
            }

            if (isQuoted) continue;
            Take(cell, cells);
            if (cells is not [""]) yield return (begin, cells);
            cells = [];
        }

        if (isQuoted) throw new FormatException($"Line {begin}: a quotation mark is opened and never closed.");
    }

    private static void Take(StringBuilder cell, List<string> cells)
    {
        var value = cell.ToString();
        cells.Add(value is ['\'', var next, ..] && Formula.Contains(next, StringComparison.Ordinal) ? value[1..] : value);
        cell.Clear();
    }
}
