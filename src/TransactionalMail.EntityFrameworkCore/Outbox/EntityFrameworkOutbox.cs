using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>An outbox in the application's own database, shared with any number of processes. Thread-safe.</summary>
internal sealed class EntityFrameworkOutbox : IMailOutbox, IOutboxAdmin, IAsyncDisposable, IDisposable
{
    /// <summary>How many dead letters are in memory at once.</summary>
    private const int Page = 20;

    private readonly OutboxDatabase _database;
    private readonly OutboxSeal _seal;
    private readonly GroupCommit _commit;
    private readonly TimeSpan _keepSentFor;
    private readonly TimeProvider _time;
    private readonly ILogger<EntityFrameworkOutbox> _logger;
    private readonly ConcurrentDictionary<string, string> _streams = [];
    private readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("N")[..8]}";

    public EntityFrameworkOutbox(OutboxDatabase database, OutboxSeal seal, CommitInterceptor commits, IOptions<TransactionalMailOptions> options, IOptions<EntityFrameworkOutboxOptions> ours, TimeProvider time, ILogger<EntityFrameworkOutbox> logger)
    {
        _database = database;
        _seal = seal;
        _keepSentFor = ours.Value.KeepSentFor;
        _commit = new GroupCommit(database, options.Value.IdempotencyWindow, time);
        Enlistment = new Enlistment(database, seal, new DatabaseClock(database, time), commits, options.Value.IdempotencyWindow, time);
        _time = time;
        _logger = logger;
    }

    public bool IsDurable => true;

    /// <summary>Gets what adds mail inside transactions of the application.</summary>
    public Enlistment Enlistment { get; }

    /// <summary>Gets the database it is kept in.</summary>
    public OutboxDatabase Database => _database;

    public async ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (entries.Count == 0) return [];
        if (entries.DistinctBy(static e => e.Id).Count() < entries.Count) throw new ArgumentException("A mail is there twice.", nameof(entries));

        var mails = new List<NewMail>(entries.Count);
        foreach (var entry in entries)
        {
            Remember(entry.StreamName);
            mails.Add(await _seal.CloseAsync(entry, cancellationToken).ConfigureAwait(false));
        }

        return await _commit.AddAsync(mails, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        Remember(streamName);
        while (true)
        {
            var claimed = await _database.WriteAsync(
                session => _database.Statements.ClaimAsync(session, streamName, count, duration, _owner, cancellationToken), cancellationToken).ConfigureAwait(false);

            // Not before the claim is committed: reading takes long, and others would wait for the lock meanwhile.
            var opened = Open(claimed);
            UnreadableMail[] unreadable = [.. opened.Select(static o => o.Problem).OfType<UnreadableMail>()];
            IReadOnlyList<OutboxLease> leases = [.. opened.Where(static o => o.Entry is not null).Select(static o => new OutboxLease(o.Entry!, o.Mail.Token))];
            await PutAsideAsync(streamName, unreadable).ConfigureAwait(false);

            // Rows nobody can read cost the others no turn, unless it is their key that nobody has now.
            if (leases.Count > 0 || unreadable.Length == 0 || Array.Exists(unreadable, static u => u.State is OutboxState.Waiting)) return leases;
        }
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (leases.Count == 0) return [];
        var held = await _database.WriteAsync(session => _database.Statements.RenewAsync(session, leases, duration, cancellationToken), cancellationToken).ConfigureAwait(false);
        return LostOf(leases, held);
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
    {
        if (leases.Count == 0) return [];
        var held = await _database.WriteAsync(session => _database.Statements.CompleteAsync(session, leases, _keepSentFor, cancellationToken), cancellationToken).ConfigureAwait(false);
        return LostOf(leases, held);
    }

    public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        ReleaseAsync(leases, OutboxState.Waiting, cancellationToken);

    public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        ReleaseAsync(leases, OutboxState.Dead, cancellationToken);

    public async ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default)
    {
        var counts = await _database.ReadAsync(session => _database.Statements.CountAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        return [.. counts.GroupBy(static c => c.Stream, StringComparer.Ordinal).Select(stream => DepthOf(stream.Key, [.. stream], now))];
    }

    public async IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (due, id) = (long.MinValue, Guid.Empty);
        while (true)
        {
            var (entries, last) = await _database.ReadAsync(session => ReadDeadAsync(session, due, id, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var entry in entries) yield return entry;
            if (last is null) yield break;
            (due, id) = (last.DueAt, last.Id);
        }
    }

    public ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(session => _database.Statements.RetryAsync(session, id.Value, _time.GetUtcNow(), cancellationToken), cancellationToken);

    public async ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default)
    {
        var found = await _database.ReadAsync(session => _database.Statements.FindAsync(session, id.Value, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (found is null) return null;

        var (entry, problem) = _seal.Open(found, _time.GetUtcNow());
        return entry ?? Unreadable(found, problem!);
    }

    public ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(
            async session =>
            {
                var found = await _database.Statements.FindAsync(session, id.Value, cancellationToken).ConfigureAwait(false);
                if (found is null || _seal.Open(found, _time.GetUtcNow()).Entry is not { } entry) return false;

                var later = entry.PutOff(notBefore);
                return await _database.Statements.PutOffAsync(session, found, later, _seal.ClosePayload(later), _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    public ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(session => _database.Statements.CancelAsync(session, id.Value, cancellationToken), cancellationToken);

    /// <summary>Removes sent mail whose time is over, some at a time, so that nobody waits long.</summary>
    public ValueTask ForgetSentAsync(CancellationToken cancellationToken) =>
        _database.PurgeAsync((session, count) => _database.Statements.ForgetSentAsync(session, count, cancellationToken), cancellationToken);

    /// <summary>Stores what callers wait for already.</summary>
    public ValueTask DisposeAsync() => _commit.DisposeAsync();

    /// <summary>Stores it where the container itself is disposed synchronously.</summary>
    public void Dispose() => _commit.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static IReadOnlyList<OutboxLease> LostOf(IReadOnlyList<OutboxLease> leases, HashSet<(Guid Id, long Token)> held) =>
        held.Count == leases.Count ? [] : [.. leases.Where(l => !held.Contains((l.Entry.Id.Value, l.Token)))];

    /// <summary>Puts rows aside that nobody can read. Where that fails their leases end by themselves, and whoever leases them next tries again.</summary>
    private async ValueTask PutAsideAsync(string streamName, UnreadableMail[] unreadable)
    {
        if (unreadable.Length == 0) return;
        foreach (var mail in unreadable)
        {
            if (mail.State is OutboxState.Dead) Log.Unreadable(_logger, new MailId(mail.Id), streamName, mail.Failure);
            else Log.UnreadableNow(_logger, new MailId(mail.Id), streamName, mail.Failure);
        }

        try
        {
            await _database.WriteAsync(session => _database.Statements.PutAsideAsync(session, unreadable, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
        }
        catch (MailDatabaseException e)
        {
            Log.NotPutAside(_logger, unreadable.Length, streamName, e.Message);
        }
    }

    private async ValueTask<(IReadOnlyList<OutboxEntry> Entries, StoredMail? Last)> ReadDeadAsync(OutboxSession session, long due, Guid id, CancellationToken cancellationToken)
    {
        var dead = await _database.Statements.ReadDeadAsync(session, due, id, Page, cancellationToken).ConfigureAwait(false);
        var entries = Open(dead).Select(o => o.Entry ?? Unreadable(o.Mail, o.Problem!));
        return ([.. entries], dead.Length < Page ? null : dead[^1]);
    }

    private IReadOnlyList<(StoredMail Mail, OutboxEntry? Entry, UnreadableMail? Problem)> Open(IReadOnlyList<StoredMail> mails)
    {
        var now = _time.GetUtcNow();
        return [.. mails.Select(Open)];

        (StoredMail, OutboxEntry?, UnreadableMail?) Open(StoredMail mail)
        {
            var (entry, problem) = _seal.Open(mail, now);
            return (mail, entry, problem);
        }
    }

    private async ValueTask<IReadOnlyList<OutboxLease>> ReleaseAsync(IReadOnlyList<OutboxLease> leases, OutboxState state, CancellationToken cancellationToken)
    {
        if (leases.Count == 0) return [];
        (OutboxLease, MailOutboxContent)[] releases = [.. leases.DistinctBy(static l => (l.Entry.Id, l.Token)).Select(l => (l, _seal.ClosePayload(l.Entry)))];
        var held = await _database.WriteAsync(session => _database.Statements.ReleaseAsync(session, releases, state, _time.GetUtcNow(), cancellationToken), cancellationToken).ConfigureAwait(false);
        return LostOf(leases, held);
    }

    /// <summary>Shows a row that cannot be read by what its columns say.</summary>
    private OutboxEntry Unreadable(StoredMail mail, UnreadableMail problem) => new()
    {
        Id = new MailId(mail.Id),
        StreamName = NameOf(mail.Stream),
        Message = new EmailMessage(),
        AcceptedAt = OutboxTime.Read(mail.AcceptedAt),
        DueAt = OutboxTime.Here(mail.DueAt, mail.Now, _time.GetUtcNow()),
        Recipients = [],
        Attempts = mail.Attempts,
        LastFailure = problem.Failure,
    };

    private OutboxDepth DepthOf(string key, StoredCount[] counts, DateTimeOffset now)
    {
        var waiting = counts.Where(static c => c.State is OutboxState.Waiting).ToArray();
        var due = waiting.Where(static c => c.OldestDueAt <= c.Now).Select(c => OutboxTime.Here(c.OldestDueAt, c.Now, now)).ToArray();
        return new OutboxDepth(
            NameOf(key), Sum(waiting), Sum(counts.Where(static c => c.State is OutboxState.Leased)), Sum(counts.Where(static c => c.State is OutboxState.Dead)), due.Length == 0 ? null : due.Min());
    }

    private static int Sum(IEnumerable<StoredCount> counts) => (int)Math.Min(counts.Sum(static c => c.Count), int.MaxValue);

    /// <summary>Keeps how the application writes a stream's name, for people and meters; the database has its key.</summary>
    private void Remember(string streamName) => _streams.TryAdd(OutboxStatements.KeyOf(streamName), streamName);

    private string NameOf(string key) => _streams.GetValueOrDefault(key, key);
}
