using System.Data.Common;
using System.Text.Json;
using TransactionalMail.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>A row of the audit as it was read.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Record">The record, or <see langword="null"/> where the row is none.</param>
/// <param name="Hash">Its hash, so that a row that is none does not make the next one look wrong, too.</param>
/// <param name="IsFoundByWhatItSays">Whether the columns to filter by say the same as the event.</param>
internal sealed record StoredRecord(long Number, AuditRecord? Record, string Hash, bool IsFoundByWhatItSays)
{
    /// <summary>Returns the tags as they are searched for: each between line feeds.</summary>
    public static string? TagsOf(MailEvent mailEvent) => mailEvent.Tags.Count == 0 ? null : StoredText.Of($"\n{string.Join('\n', mailEvent.Tags)}\n");

    /// <summary>Reads a row. Whoever can write to the table can put anything there, so nothing it holds makes this throw.</summary>
    public static StoredRecord Read(DbDataReader row)
    {
        var (number, hash) = (row.GetInt64(0), row.GetValue(11) as string ?? "");
        try
        {
            var personal = Text(row, 8);
            var mailEvent = StoredEvent.Read(row.GetString(7)).ToEvent(
                row.GetGuid(1), new MailId(row.GetGuid(2)), OutboxTime.Read(row.GetInt64(3)), personal is null ? StoredPersonalData.Erased : StoredPersonalData.Read(personal));
            var isFound = IsSame(row, 4, StoredText.Of(mailEvent.TemplateName)) && IsSame(row, 5, TagsOf(mailEvent)) && IsSame(row, 6, mailEvent.Recipient?.SmtpAddress);
            return new StoredRecord(number, new AuditRecord(number, mailEvent, Text(row, 9), row.GetString(10), hash), hash, isFound);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidCastException or ArgumentException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            return new StoredRecord(number, null, hash, true);
        }
    }

    private static bool IsSame(DbDataReader row, int column, string? text) => string.Equals(Text(row, column), text, StringComparison.Ordinal);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
