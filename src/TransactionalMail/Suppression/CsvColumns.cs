using System.Globalization;

namespace TransactionalMail.Suppression;

/// <summary>Where the columns of a file of entries stand.</summary>
internal sealed record CsvColumns(int Recipient, int Reason, int Stream, int Since, int Diagnostic)
{
    /// <summary>Reads the line of names; <see langword="null"/> where none is the recipient.</summary>
    public static CsvColumns? Of(IReadOnlyList<string> names)
    {
        List<string> known = [.. names.Select(static n => n.Trim())];
        var columns = new CsvColumns(Find("recipient"), Find("reason"), Find("stream"), Find("since"), Find("diagnostic"));
        return columns.Recipient < 0 ? null : columns;

        int Find(string name) => known.FindIndex(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads a line; returns what is wrong with it, without quoting it, or <see langword="null"/>.</summary>
    public string? Read(IReadOnlyList<string> cells, DateTimeOffset now, out SuppressionEntry? entry)
    {
        entry = null;
        if (!EmailAddress.TryParse(Cell(cells, Recipient), out var recipient)) return "the recipient is not a valid e-mail address.";
        var (reason, since) = (SuppressionReason.Manual, now);
        if (Cell(cells, Reason) is { } reasonText && !TryReadReason(reasonText, out reason)) return $"the reason is none of {string.Join(", ", Enum.GetNames<SuppressionReason>())}.";
        if (Cell(cells, Since) is { } sinceText && !DateTimeOffset.TryParse(sinceText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out since)) return "the date is none, such as 2026-11-24T10:00:00Z.";
        entry = new SuppressionEntry { Recipient = recipient, Reason = reason, StreamName = Cell(cells, Stream), Since = since, Diagnostic = Cell(cells, Diagnostic) };
        return null;
    }

    private static bool TryReadReason(string text, out SuppressionReason reason) => Enum.TryParse(text, ignoreCase: true, out reason) && Enum.IsDefined(reason) && !char.IsAsciiDigit(text[0]);

    private static string? Cell(IReadOnlyList<string> cells, int index) => index >= 0 && index < cells.Count && !string.IsNullOrWhiteSpace(cells[index]) ? cells[index].Trim() : null;
}
