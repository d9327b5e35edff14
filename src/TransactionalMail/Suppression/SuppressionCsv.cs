using System.Globalization;

namespace TransactionalMail.Suppression;

/// <summary>Writes suppression entries as comma-separated values (RFC 4180), and reads them back. Stateless and thread-safe.</summary>
/// <remarks>
/// The columns are <c>recipient,reason,stream,since,diagnostic</c>. Reading takes them in any order and case, needs the first alone, and
/// ignores others: an entry without a reason is <see cref="SuppressionReason.Manual"/>, one without a stream is about every stream, one
/// without a date is since now. A value that a spreadsheet would run as a formula is written with an apostrophe before it, which reading
/// takes off again.
/// </remarks>
public static class SuppressionCsv
{
    private const int MostFaults = 20;

    /// <summary>Writes entries, a line each, after a line of names.</summary>
    /// <param name="entries">The entries, usually what <see cref="ISuppressionAdmin.FindAsync"/> finds.</param>
    /// <param name="writer">Where to; it is not closed. What it writes is personal data.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>How many were written.</returns>
    public static async Task<int> WriteAsync(IAsyncEnumerable<SuppressionEntry> entries, TextWriter writer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(writer);
        await writer.WriteAsync("recipient,reason,stream,since,diagnostic\r\n".AsMemory(), cancellationToken).ConfigureAwait(false);
        var count = 0;
        await foreach (var entry in entries.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            string?[] cells = [entry.Recipient.Address, entry.Reason.ToString(), entry.StreamName, entry.Since.ToString("O", CultureInfo.InvariantCulture), entry.Diagnostic];
            await writer.WriteAsync($"{string.Join(',', cells.Select(Csv.Write))}\r\n".AsMemory(), cancellationToken).ConfigureAwait(false);
            count++;
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    /// <summary>Reads entries, all or none.</summary>
    /// <param name="reader">Where from; it is not closed.</param>
    /// <param name="time">The clock for entries without a date; <see langword="null"/> is the system's.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="FormatException">Some lines are no entries. The message gives the first faults with their lines, and quotes no address.</exception>
    public static async Task<IReadOnlyList<SuppressionEntry>> ReadAsync(TextReader reader, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var now = (time ?? TimeProvider.System).GetUtcNow();
        List<SuppressionEntry> entries = [];
        List<string> faults = [];
        CsvColumns? columns = null;
        await foreach (var (line, cells) in Csv.ReadAsync(reader, cancellationToken).ConfigureAwait(false))
        {
            if (columns is null) columns = CsvColumns.Of(cells) ?? throw new FormatException("The first line must name the columns, one of them \"recipient\".");
            else if (columns.Read(cells, now, out var entry) is { } fault) faults.Add($"Line {line}: {fault}");
            else entries.Add(entry!);
            if (faults.Count == MostFaults) break;
        }

        if (columns is null) throw new FormatException("There is nothing to read. The first line names the columns, one of them \"recipient\".");
        return faults.Count == 0 ? entries : throw new FormatException(string.Join(Environment.NewLine, faults));
    }
}
