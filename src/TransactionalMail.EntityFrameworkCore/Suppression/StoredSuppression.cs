using System.Data.Common;
using TransactionalMail.EntityFrameworkCore.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Suppression;

/// <summary>An entry of the suppression list as it is stored.</summary>
internal sealed record StoredSuppression(string RecipientKey, string Stream, string Reason, long Since, string Recipient, string? StreamName, string? Diagnostic)
{
    public static StoredSuppression Of(SuppressionEntry entry) => new(
        SuppressionEntry.KeyOf(entry.Recipient),
        StreamKeyOf(entry.StreamName),
        NameOf(entry.Reason),
        OutboxTime.Of(entry.Since),
        entry.Recipient.Address,
        entry.StreamName,
        StoredText.Of(entry.Diagnostic));

    /// <summary>Two names are one stream whatever their case; no name is every stream.</summary>
    public static string StreamKeyOf(string? streamName) => streamName is null ? "" : OutboxStatements.KeyOf(streamName);

    public static string NameOf(SuppressionReason reason) => reason.ToString();

    public static StoredSuppression Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6));

    /// <summary>Makes the entry, about the recipient as somebody asked for it, or as it was written.</summary>
    /// <exception cref="MailDatabaseException">The row is none of this release's.</exception>
    public SuppressionEntry ToEntry(EmailAddress? recipient = null) => new()
    {
        Recipient = recipient ?? ReadRecipient(),
        Reason = Enum.TryParse<SuppressionReason>(Reason, out var reason) && Enum.IsDefined(reason)
            ? reason
            : throw new MailDatabaseException("The suppression list holds a reason that this release does not know. A later release wrote it; use that one.", null, isTransient: false),
        StreamName = StreamName,
        Since = OutboxTime.Read(Since),
        Diagnostic = Diagnostic,
    };

    private EmailAddress ReadRecipient() => EmailAddress.TryParse(Recipient, out var recipient)
        ? recipient
        : throw new MailDatabaseException("The suppression list holds something that is no address. Look for it in the column Recipient of MailSuppression.", null, isTransient: false);
}
