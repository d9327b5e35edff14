using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Outbox;

/// <summary>Delivers the mail of one stream, several at a time, until it is told to stop.</summary>
internal sealed class OutboxLane(MailStream stream, IMailOutbox outbox, OutboxDelivery delivery, MailOutboxOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _workers = new(stream.Queue.Workers, stream.Queue.Workers);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<MailId, ActiveLease> _active = [];

    /// <summary>Tells the lane that there is mail, so that it need not wait for its next look.</summary>
    public void Wake() => _news.Writer.TryWrite(true);

    /// <summary>Works until stopped, then finishes what it has in hand; an outbox that would be lost with the process is emptied of what is due.</summary>
    /// <param name="stopping">Ends the taking of new mail.</param>
    /// <param name="abandon">Ends deliveries, too.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandon)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(abandon);
        var renewing = RenewAsync(end.Token);
        while (!stopping.IsCancellationRequested)
        {
            var taken = await TakeAsync(abandon, stopping).ConfigureAwait(false);
            if (taken == 0) await WaitAsync(stopping).ConfigureAwait(false);
        }

        while (!outbox.IsDurable && !abandon.IsCancellationRequested && await TakeAsync(abandon, abandon).ConfigureAwait(false) > 0)
        {
        }

        await FinishAsync().ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await renewing.ConfigureAwait(false);
    }

    public void Dispose() => _workers.Dispose();

    /// <summary>Leases as many mails as there are idle workers, at least one, and starts delivering them. Returns how many.</summary>
    private async Task<int> TakeAsync(CancellationToken abandon, CancellationToken cancellationToken)
    {
        var idle = 0;
        try
        {
            await _workers.WaitAsync(cancellationToken).ConfigureAwait(false);
            for (idle = 1; _workers.Wait(0, CancellationToken.None);) idle++;
            if (stream.Router.Pause > TimeSpan.Zero) return 0;

            var leases = await outbox.LeaseAsync(stream.Name, idle, options.LeaseDuration, cancellationToken).ConfigureAwait(false);
            foreach (var lease in leases)
            {
                idle--;
                var active = new ActiveLease(lease, CancellationTokenSource.CreateLinkedTokenSource(abandon));
                _active[lease.Entry.Id] = active;
                _ = Task.Run(() => ProcessAsync(active, abandon), CancellationToken.None);
            }

            return leases.Count;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e)
        {
            Log.OutboxFailed(logger, stream.Name, e.GetType().Name);
            Log.OutboxFailureDetail(logger, e);
            return 0;
        }
        finally
        {
            if (idle > 0) _workers.Release(idle);
        }
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        try
        {
            var pause = stream.Router.Pause;
            if (pause > TimeSpan.Zero)
            {
                // News are of no use meanwhile; but the transport may prove to work earlier, through somebody who did not enqueue.
                await Task.Delay(pause < options.PollInterval ? pause : options.PollInterval, time, stopping).ConfigureAwait(false);
                return;
            }

            using var look = new CancellationTokenSource(options.PollInterval, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, stopping);
            await _news.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time for another look, or to stop.
        }
    }

    private async Task ProcessAsync(ActiveLease active, CancellationToken abandon)
    {
        try
        {
            var verdict = await delivery.DeliverAsync(active.Lease.Entry, stream, active.Cancellation.Token).ConfigureAwait(false);
            await StoreAsync(active.Lease, verdict, abandon).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The lease ends by itself, and the mail is taken up again.
            Log.OutboxFailed(logger, stream.Name, e.GetType().Name);
            Log.OutboxFailureDetail(logger, e);
        }
        finally
        {
            _active.TryRemove(active.Lease.Entry.Id, out _);
            active.Cancellation.Dispose();
            _workers.Release();
        }
    }

    /// <summary>Stores what became of a mail, and insists: a mail that went out and is not marked as done would go out again.</summary>
    private async Task StoreAsync(OutboxLease taken, OutboxVerdict verdict, CancellationToken abandon)
    {
        var lease = taken with { Entry = verdict.Entry };
        while (true)
        {
            try
            {
                var lost = verdict.Fate switch
                {
                    OutboxFate.Done => await outbox.CompleteAsync([lease], CancellationToken.None).ConfigureAwait(false),
                    OutboxFate.Again => await outbox.RescheduleAsync([lease], CancellationToken.None).ConfigureAwait(false),
                    _ => await outbox.DeadLetterAsync([lease], CancellationToken.None).ConfigureAwait(false),
                };
                Report(lease.Entry, verdict.Fate, wasTried: lease.Entry.Attempts > taken.Entry.Attempts, isLost: lost.Count > 0);
                return;
            }
            catch (Exception e)
            {
                Log.OutboxFailed(logger, stream.Name, e.GetType().Name);
                Log.OutboxFailureDetail(logger, e);
                if (abandon.IsCancellationRequested) return;
                await Task.Delay(options.PollInterval, time, abandon).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Report(OutboxEntry entry, OutboxFate fate, bool wasTried, bool isLost)
    {
        if (isLost) Log.LeaseLost(logger, entry.Id, stream.Name);
        else if (fate is OutboxFate.GivenUp) Log.GivenUp(logger, entry.Id, stream.Name, entry.Attempts, entry.LastFailure);
        else if (fate is OutboxFate.Again && wasTried) Log.Rescheduled(logger, entry.Id, stream.Name, entry.DueAt, entry.Attempts, entry.LastFailure);
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.LeaseDuration / 3, time);
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

    private async Task RenewOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<OutboxLease> leases = [.. _active.Values.Select(static a => a.Lease)];
            if (leases.Count == 0) return;
            foreach (var lost in await outbox.RenewAsync(leases, options.LeaseDuration, cancellationToken).ConfigureAwait(false))
            {
                if (_active.TryGetValue(lost.Entry.Id, out var active)) await active.Cancellation.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.OutboxFailed(logger, stream.Name, e.GetType().Name);
            Log.OutboxFailureDetail(logger, e);
        }
    }

    /// <summary>Waits until every worker is idle.</summary>
    private async Task FinishAsync()
    {
        for (var i = 0; i < stream.Queue.Workers; i++) await _workers.WaitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private sealed record ActiveLease(OutboxLease Lease, CancellationTokenSource Cancellation);
}
