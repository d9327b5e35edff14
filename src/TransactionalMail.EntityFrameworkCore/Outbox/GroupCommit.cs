using System.Data.Common;
using System.Threading.Channels;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Writes what many callers add in one transaction: while one is being made durable, the next gathers. Thread-safe.</summary>
internal sealed class GroupCommit(OutboxDatabase database, TimeSpan window, TimeProvider time) : IAsyncDisposable
{
    private const int MostMails = 500;
    private const long MostBytes = 4 << 20;

    /// <summary>How many wait beside the writer at once, with a connection each.</summary>
    private const int MostBeside = 8;

    /// <summary>A session ends after more than that, for its commands keep what they inserted last.</summary>
    private const long MuchBytes = 1 << 20;

    private readonly Channel<PendingAdd> _waiting = Channel.CreateUnbounded<PendingAdd>();
    private readonly SemaphoreSlim _besides = new(MostBeside);
    private readonly Dictionary<string, int> _awaited = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private PendingAdd? _next;
    private Task? _writing;
    private Task _beside = Task.CompletedTask;

    /// <summary>Stores mail, all or none. Returns the mail that each one's key stands for, itself where there is none.</summary>
    public ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<NewMail> mails, CancellationToken cancellationToken)
    {
        var pending = new PendingAdd(mails);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(pending), this);
        EnsureWriting();
        return pending.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what is waiting, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        if (_writing is null) return;
        await _writing.ConfigureAwait(false);
        await _beside.ConfigureAwait(false);
    }

    /// <summary>The writer serves everybody: it carries neither trace nor transaction of the one who happens to start it.</summary>
    private void EnsureWriting()
    {
        if (Volatile.Read(ref _writing) is not null) return;
        lock (_lock)
        {
            if (_writing is not null) return;
            if (ExecutionContext.IsFlowSuppressed()) _writing = Task.Run(WriteAsync);
            else using (ExecutionContext.SuppressFlow()) _writing = Task.Run(WriteAsync);
        }
    }

    private async Task WriteAsync()
    {
        while (_next is not null || await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            // Only those who wait already share in a failure to begin; who comes meanwhile gets a try of their own.
            var count = _waiting.Reader.Count;
            try
            {
                var session = await database.OpenAsync(CancellationToken.None).ConfigureAwait(false);
                await using (session.ConfigureAwait(false))
                {
                    do
                    {
                        count = _waiting.Reader.Count;
                    }
                    while (await WriteGroupAsync(session).ConfigureAwait(false) && (_next is not null || _waiting.Reader.TryPeek(out _)));
                }
            }
            catch (Exception e)
            {
                Fail(Take(count), e);
            }
        }
    }

    /// <summary>Writes a group and answers it. Returns whether the session can write another one.</summary>
    /// <remarks>Gathered after the transaction has begun: whoever comes, or goes, while the lock is waited for is taken into account.</remarks>
    private async ValueTask<bool> WriteGroupAsync(OutboxSession session)
    {
        List<PendingAdd> group = [];
        try
        {
            using var turn = await database.Statements.Dialect.TakeTurnAsync(CancellationToken.None).ConfigureAwait(false);
            var transaction = await session.BeginAsync(CancellationToken.None).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                group = Take(int.MaxValue);
                var fates = await InsertAsync(session, group, waits: false).ConfigureAwait(false);
                await transaction.CommitAsync().ConfigureAwait(false);
                foreach (var fate in fates) fate.Tell();
                return group.Sum(static p => p.Size) <= MuchBytes;
            }
        }
        catch (Exception e) when (group.Count > 0 && (database.Statements.Dialect.IsConflict(e) || (group.Count > 1 && !IsForAll(e))))
        {
            // One of them is the reason, and the others need not suffer.
            var isConflict = database.Statements.Dialect.IsConflict(e);
            foreach (var one in group)
            {
                if (isConflict && one.Keys.Count > 0) WriteBeside(one);
                else await WriteAloneAsync(one, waits: false).ConfigureAwait(false);
            }

            return false;
        }
        catch (Exception e) when (group.Count > 0)
        {
            Fail(group, e);
            return false;
        }
    }

    /// <summary>Lets a caller who meets an open transaction with the same idempotency key wait for its end beside the writer, not in everybody's way.</summary>
    private void WriteBeside(PendingAdd one)
    {
        CountAwaited(one, 1);
        _beside = Task.WhenAll(_beside, WriteAsync());

        async Task WriteAsync()
        {
            await _besides.WaitAsync().ConfigureAwait(false);
            await WriteAloneAsync(one, waits: true).ConfigureAwait(false);
            _besides.Release();
            CountAwaited(one, -1);
        }
    }

    private void CountAwaited(PendingAdd one, int change)
    {
        lock (_lock)
        {
            foreach (var key in one.Keys)
            {
                _awaited[key] = _awaited.GetValueOrDefault(key) + change;
                if (_awaited[key] == 0) _awaited.Remove(key);
            }
        }
    }

    private bool IsAwaited(PendingAdd one)
    {
        if (one.Keys.Count == 0) return false;
        lock (_lock) return one.Keys.Any(_awaited.ContainsKey);
    }

    private async Task WriteAloneAsync(PendingAdd one, bool waits)
    {
        try
        {
            var fates = await database.WriteAsync(session => InsertAsync(session, [one], waits), CancellationToken.None).ConfigureAwait(false);
            fates[0].Tell();
        }
        catch (Exception e) when (!waits && database.Statements.Dialect.IsConflict(e))
        {
            WriteBeside(one);
        }
        catch (Exception e)
        {
            one.Failed(Explain(e));
        }
    }

    private async ValueTask<IReadOnlyList<AddFate>> InsertAsync(OutboxSession session, IReadOnlyList<PendingAdd> group, bool waits)
    {
        if (!waits && database.Statements.Dialect.WaitShortly is { } sql && group.Any(static p => p.Keys.Count > 0)) await session.ExecuteAsync(sql, [], CancellationToken.None).ConfigureAwait(false);
        return await OutboxInsert.RunAsync(database.Statements, session, group, window, time.GetUtcNow()).ConfigureAwait(false);
    }

    /// <summary>Takes who is waiting, up to a size that does not hold the others up. Two with one mail or one key never share a transaction.</summary>
    private List<PendingAdd> Take(int count)
    {
        var group = new List<PendingAdd>();
        var ids = new HashSet<Guid>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        for (; count > 0 || _next is not null; count--)
        {
            if (_next is null && !_waiting.Reader.TryRead(out _next)) break;
            if (group.Count > 0 && (ids.Count + _next.Mails.Count > MostMails || bytes + _next.Size > MostBytes || _next.Mails.Any(m => ids.Contains(m.Entry.Id.Value)) || keys.Overlaps(_next.Keys))) break;

            var taken = _next;
            _next = null;
            if (!taken.TryTake()) continue;
            if (IsAwaited(taken))
            {
                WriteBeside(taken); // it would meet the same transaction
                continue;
            }

            group.Add(taken);
            bytes += taken.Size;
            ids.UnionWith(taken.Mails.Select(static m => m.Entry.Id.Value));
            keys.UnionWith(taken.Keys);
        }

        return group;
    }

    private void Fail(IReadOnlyList<PendingAdd> group, Exception exception)
    {
        foreach (var one in group) one.Failed(Explain(exception));
    }

    private Exception Explain(Exception exception) => exception is DbException e ? database.Explain(e) : exception;

    /// <summary>Returns whether a failure has nothing to do with what was written.</summary>
    private bool IsForAll(Exception exception) => exception is DbException e && database.Explain(e).IsTransient;
}
