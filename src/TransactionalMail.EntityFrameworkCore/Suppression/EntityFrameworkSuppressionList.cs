using System.Runtime.CompilerServices;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Suppression;

namespace TransactionalMail.EntityFrameworkCore.Suppression;

/// <summary>A suppression list in the application's own database, shared with any number of processes. Thread-safe.</summary>
internal sealed class EntityFrameworkSuppressionList(OutboxDatabase database) : ISuppressionList, ISuppressionAdmin
{
    /// <summary>How many entries are in memory at once where people look through them.</summary>
    private const int Page = 500;

    /// <summary>Gets the database it is kept in.</summary>
    public OutboxDatabase Database => database;

    public async ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        ArgumentNullException.ThrowIfNull(streamName);
        cancellationToken.ThrowIfCancellationRequested();
        if (recipients.Count == 0) return [];

        var asked = recipients.ToLookup(SuppressionEntry.KeyOf, StringComparer.Ordinal);
        var found = await database.ReadAsync(
            session => database.Statements.Suppressions.FindAsync(session, [.. asked.Select(static g => g.Key)], StoredSuppression.StreamKeyOf(streamName), cancellationToken), cancellationToken).ConfigureAwait(false);
        return [.. found.SelectMany(stored => asked[stored.RecipientKey].Select(stored.ToEntry))];
    }

    public async IAsyncEnumerable<SuppressionEntry> FindAsync(SuppressionFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        StoredSuppression? last = null;
        do
        {
            var page = await database.ReadAsync(session => database.Statements.Suppressions.FindAsync(session, filter, last, Page, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var stored in page) yield return stored.ToEntry();
            last = page.Count < Page ? null : page[^1];
        }
        while (last is not null);
    }

    public async ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await ImportAsync([entry], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> ImportAsync(IReadOnlyCollection<SuppressionEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Contains(null!)) throw new ArgumentException("An entry is null.", nameof(entries));
        cancellationToken.ThrowIfCancellationRequested();
        if (entries.Count == 0) return 0;
        return await database.WriteAsync(session => database.Statements.Suppressions.InsertAsync(session, entries.Select(StoredSuppression.Of), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        await database.WriteAsync(
            session => database.Statements.Suppressions.RemoveAsync(
                session, SuppressionEntry.KeyOf(recipient), StoredSuppression.NameOf(reason), StoredSuppression.StreamKeyOf(streamName), cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> ClearAsync(EmailAddress recipient, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return await database.WriteAsync(session => database.Statements.Suppressions.ClearAsync(session, SuppressionEntry.KeyOf(recipient), cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
