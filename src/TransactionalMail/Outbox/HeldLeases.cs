using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Outbox;

/// <summary>The leases a lane holds, which are renewed until they are given back. Thread-safe.</summary>
internal sealed class HeldLeases(IMailOutbox outbox, string stream, TimeSpan duration, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<MailId, HeldLease> _held = [];
    private Task _taking = Task.CompletedTask;
    private int _count;

    /// <summary>Gets how many there are, without the locks that the dictionary would count under.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Leases mails and holds them; one caller at a time begins. Those that are in hand already, because their leases seemed to have ended, are <see langword="null"/>.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="abandon">Interrupts their delivery.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    public async Task<IReadOnlyList<HeldLease?>> TakeAsync(int count, CancellationToken abandon, CancellationToken cancellationToken)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _taking, Task.WhenAll(_taking, taken.Task));
        try
        {
            var asked = Now();
            var leases = await outbox.LeaseAsync(stream, count, duration, cancellationToken).ConfigureAwait(false);
            return [.. leases.Select(l => Hold(l, asked, abandon))];
        }
        finally
        {
            taken.SetResult();
        }
    }

    /// <summary>Returns whether a lease that the outbox no longer knows is lost. It is not where this process has leased the mail anew, which shows when what is being taken now is held.</summary>
    /// <param name="held">What is in hand.</param>
    /// <param name="lease">The lease that the outbox was asked for.</param>
    /// <param name="cancellationToken">Ends the waiting for what is being taken; it counts for nothing then.</param>
    public async ValueTask<bool> IsLostAsync(HeldLease held, OutboxLease lease, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref _taking).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return held.Lease.Token == lease.Token;
    }

    /// <summary>Returns whether a mail is still ours. The outbox is asked where the lease may have ended: it was not heard of, this process stood still, or its machine slept, for as long as one lasts.</summary>
    public async ValueTask<bool> IsHeldAsync(HeldLease held, CancellationToken cancellationToken)
    {
        if (IsRecent(held.Confirmed)) return true;
        await RenewOnceAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // cancelled: nobody knows
        return IsRecent(held.Confirmed);
    }

    /// <summary>Gives back what was worked on under a lease. Returns the mail where it was leased anew since, for somebody to work on it again.</summary>
    public HeldLease? GiveBack(HeldLease held, OutboxLease under)
    {
        HeldLease? again = null;
        lock (_lock)
        {
            if (held.Lease.Token != under.Token) _held[under.Entry.Id] = again = held.Again();
            else if (_held.TryRemove(under.Entry.Id, out _)) Interlocked.Decrement(ref _count);
        }

        held.Dispose();
        return again;
    }

    /// <summary>Renews what is held, well before it ends; deliveries whose lease is lost all the same are interrupted.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(duration / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await RenewOnceAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The lane has ended.
        }
    }

    private HeldLease? Hold(OutboxLease lease, HeldLease.Moment asked, CancellationToken abandon)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(lease.Entry.Id, out var known))
            {
                known.Take(lease, asked);
                return null;
            }

            Interlocked.Increment(ref _count);
            return _held[lease.Entry.Id] = new HeldLease(lease, asked, abandon);
        }
    }

    private HeldLease.Moment Now() => new(time.GetTimestamp(), time.GetUtcNow());

    private bool IsRecent(HeldLease.Moment moment) => time.GetElapsedTime(moment.Timestamp) < duration && time.GetUtcNow() - moment.Time < duration;

    private async Task RenewOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            OutboxLease[] leases = [.. _held.Values.Select(static h => h.Lease)];
            if (leases.Length == 0) return;
            var asked = Now();
            var lost = (await outbox.RenewAsync(leases, duration, cancellationToken).ConfigureAwait(false)).Select(static l => (l.Entry.Id, l.Token)).ToHashSet();
            foreach (var lease in leases.OrderBy(l => lost.Contains((l.Entry.Id, l.Token)))) // those that need no waiting first
            {
                if (!_held.TryGetValue(lease.Entry.Id, out var held) || held.Lease.Token != lease.Token) continue;
                if (!lost.Contains((lease.Entry.Id, lease.Token))) held.Confirm(asked);
                else if (await IsLostAsync(held, lease, cancellationToken).ConfigureAwait(false)) await held.InterruptAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.OutboxFailure(logger, stream, e);
        }
    }
}
