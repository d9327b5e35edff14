using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TransactionalMail.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>An audit in the application's own database, whose chain any number of processes extend, one at a time. Thread-safe.</summary>
internal sealed class EntityFrameworkMailAudit(OutboxDatabase database, TimeProvider time, ILogger<EntityFrameworkMailAudit> logger) : IMailAudit, IAuditAdmin
{
    /// <summary>For how long recording is tried again; events are offered once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How many records are in memory at once.</summary>
    private const int Page = 500;

    private const int MostFaults = 100;

    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(8);

    /// <summary>Gets the database it is kept in.</summary>
    public OutboxDatabase Database => database;

    public async ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        if (events.Count == 0) return [];

        var tried = new HashSet<string>(StringComparer.Ordinal);
        var (start, pause) = (time.GetTimestamp(), TimeSpan.FromMilliseconds(250));
        while (true)
        {
            try
            {
                return await database.WriteAsync(session => AppendAsync(session, events, tried, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch (MailDatabaseException failure) when (failure.IsTransient && time.GetElapsedTime(start) + pause < Patience)
            {
                Log.NotRecordedYet(logger, events.Count, pause.TotalSeconds, failure.Message);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) =>
        FindAsync(new AuditFilter { MailId = mailId }, cancellationToken).Select(static record => record.Event);

    public async IAsyncEnumerable<AuditRecord> FindAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await foreach (var stored in ReadRecordsAsync(filter, cancellationToken).ConfigureAwait(false))
        {
            var record = stored.Record ?? throw new MailDatabaseException($"Record {stored.Number} of the audit cannot be read: it was damaged, or a later release wrote it. VerifyAsync finds all that are damaged.", null, isTransient: false);
            if (filter.Fits(record.Event)) yield return record;
        }
    }

    public async ValueTask<AuditVerification> VerifyAsync(AuditSeal? known = null, CancellationToken cancellationToken = default)
    {
        var verifier = new AuditVerifier(AuditSeal.Empty, known);
        var hidden = new List<AuditFault>();
        await foreach (var stored in ReadRecordsAsync(new AuditFilter(), cancellationToken).ConfigureAwait(false))
        {
            verifier.Add(stored.Record ?? Unreadable(stored));
            if (!stored.IsFoundByWhatItSays && hidden.Count < MostFaults) hidden.Add(new AuditFault(stored.Number, "The columns it is found by were changed."));
        }

        var found = verifier.Finish();
        return hidden.Count == 0 ? found : found with { Faults = [.. found.Faults.Concat(hidden).OrderBy(static f => f.Number).Take(MostFaults)] };
    }

    public async ValueTask<int> EraseAsync(EmailAddress recipient, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return await database.WriteAsync(session => database.Statements.Audit.EraseAsync(session, recipient, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stands for a row that is no record: whatever it was, it does not have the hash that stands there.</summary>
    private static AuditRecord Unreadable(StoredRecord stored) =>
        new(stored.Number, new MailUnknownEvent { MailId = default, OccurredAt = default, EventId = default, Name = "" }, Salt: null, PersonalHash: "", stored.Hash);

    /// <param name="session">The session, in a transaction.</param>
    /// <param name="events">The events.</param>
    /// <param name="tried">The hashes of what was written before, by a call whose answer was lost: what is found of it is new all the same.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async ValueTask<IReadOnlyList<MailEvent>> AppendAsync(OutboxSession session, IReadOnlyList<MailEvent> events, HashSet<string> tried, CancellationToken cancellationToken)
    {
        var audit = database.Statements.Audit;
        await audit.LockAsync(session, cancellationToken).ConfigureAwait(false);
        MailEvent[] once = [.. events.DistinctBy(static e => e.EventId)];
        var known = await audit.FindKnownAsync(session, [.. once.Select(static e => e.EventId)], cancellationToken).ConfigureAwait(false);
        var seal = await audit.ReadSealAsync(session, cancellationToken).ConfigureAwait(false);
        var records = new List<AuditRecord>(once.Length);
        foreach (var mailEvent in once.Where(e => !known.ContainsKey(e.EventId)))
        {
            var record = AuditChain.Extend(seal, mailEvent);
            records.Add(record);
            seal = record.Seal;
        }

        IReadOnlyList<MailEvent> recorded = [.. once.Where(e => !known.TryGetValue(e.EventId, out var hash) || tried.Contains(hash))];
        tried.UnionWith(records.Select(static r => r.Hash));
        await audit.InsertAsync(session, records, cancellationToken).ConfigureAwait(false);
        return recorded;
    }

    /// <summary>Reads records in order of their numbers, a page with each connection: whoever looks through them holds nobody up.</summary>
    private async IAsyncEnumerable<StoredRecord> ReadRecordsAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = long.MinValue;
        while (true)
        {
            var page = await database.ReadAsync(session => database.Statements.Audit.ReadAsync(session, filter, from, Page, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var stored in page) yield return stored;
            if (page.Count < Page || page[^1].Number == long.MaxValue) yield break;
            from = page[^1].Number + 1;
        }
    }
}
