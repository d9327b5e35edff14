using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Outbox;

/// <summary>Delivers the mail of one stream, several at a time, until it is told to stop.</summary>
/// <remarks>
/// It leases ahead of its workers what they get through in about a <see cref="s_reach"/>, so that a fast stream asks the outbox seldom and a slow one
/// keeps nothing from other processes. A worker waits until its mail is marked before it takes the next: no more mails than there
/// are workers can be sent and unmarked when the process is killed.
/// </remarks>
internal sealed class OutboxLane
{
    private const int FurthestAhead = 256;

    private static readonly TimeSpan s_reach = TimeSpan.FromMilliseconds(250);

    private readonly MailStream _stream;
    private readonly IMailOutbox _outbox;
    private readonly OutboxDelivery _delivery;
    private readonly MailOutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HeldLeases _held;
    private readonly OutboxMarker _marker;
    private readonly Channel<HeldLease> _ready = Channel.CreateUnbounded<HeldLease>();
    private readonly Channel<bool> _news = CreateSignal();
    private readonly Channel<bool> _room = CreateSignal();
    private int _ahead;
    private int _asked;
    private long _lastTaken;

    public OutboxLane(MailStream stream, IMailOutbox outbox, OutboxDelivery delivery, MailOutboxOptions options, TimeProvider time, ILogger logger)
    {
        (_stream, _outbox, _delivery, _options, _time, _logger) = (stream, outbox, delivery, options, time, logger);
        _held = new HeldLeases(outbox, stream.Name, options.LeaseDuration, time, logger);
        _marker = new OutboxMarker(outbox, stream.Name, options.PollInterval, time, logger);
    }

    /// <summary>Tells the lane that there is mail, so that it need not wait for its next look.</summary>
    public void Wake() => _news.Writer.TryWrite(true);

    /// <summary>Works until stopped, then finishes what it has in hand; an outbox that would be lost with the process is emptied of what is due.</summary>
    /// <param name="stopping">Ends the taking of new mail.</param>
    /// <param name="abandon">Ends deliveries, too.</param>
    /// <param name="end">Ends the marking of what became of them.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandon, CancellationToken end)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(abandon);
        var renewing = _held.RenewAsync(idle.Token);
        var marking = _marker.RunAsync(abandon, end);
        var working = Task.WhenAll(Enumerable.Range(0, _stream.Queue.Workers).Select(_ => Task.Run(() => WorkAsync(end), CancellationToken.None)));

        await TakeUntilAsync(stopping, abandon).ConfigureAwait(false);
        if (_outbox.IsDurable) await ReleaseReadyAsync().ConfigureAwait(false);
        else await TakeAllAsync(abandon).ConfigureAwait(false);

        _ready.Writer.Complete();
        await working.ConfigureAwait(false);
        _marker.Complete();
        await marking.ConfigureAwait(false);
        await idle.CancelAsync().ConfigureAwait(false);
        await renewing.ConfigureAwait(false);
    }

    /// <summary>Takes mail as there is room for it. While there is plenty, one look asks the outbox as the mails of the look before it are still being read.</summary>
    private async Task TakeUntilAsync(CancellationToken stopping, CancellationToken abandon)
    {
        var before = Task.FromResult(1);
        while (await WaitForRoomAsync(stopping).ConfigureAwait(false) is > 0 and var room)
        {
            var look = TakeAsync(room, before, abandon, stopping);
            var isEmpty = (_ahead == 0 || await before.ConfigureAwait(false) == 0) && await look.ConfigureAwait(false) == 0;
            before = look;
            if (isEmpty) await WaitAsync(stopping).ConfigureAwait(false);
        }

        await before.ConfigureAwait(false);
    }

    private async Task TakeAllAsync(CancellationToken abandon)
    {
        while (await WaitForRoomAsync(abandon).ConfigureAwait(false) is > 0 and var room && await TakeAsync(room, Task.CompletedTask, abandon, abandon).ConfigureAwait(false) > 0)
        {
            // There may be more.
        }
    }

    /// <summary>Waits until there is room for mail. Returns for how many; 0 when it is cancelled.</summary>
    private async Task<int> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                if (FindRoom() is > 0 and var room) return room;
                await _room.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants any more.
        }

        return 0;
    }

    /// <summary>Leases mails for the workers, who get them after those of the look before. Returns how many there were.</summary>
    private async Task<int> TakeAsync(int room, Task before, CancellationToken abandon, CancellationToken cancellationToken)
    {
        var taken = await LeaseAsync(room, abandon, cancellationToken).ConfigureAwait(false);
        await before.ConfigureAwait(false);
        foreach (var held in taken.OfType<HeldLease>()) _ready.Writer.TryWrite(held);
        Reach(taken.Count, room);
        return taken.Count;
    }

    /// <summary>Leases mails and holds them; none where the outbox fails. Those that are in hand already are <see langword="null"/>.</summary>
    private async Task<IReadOnlyList<HeldLease?>> LeaseAsync(int room, CancellationToken abandon, CancellationToken cancellationToken)
    {
        if (_stream.Router.Pause > TimeSpan.Zero) return [];
        Interlocked.Add(ref _asked, room);
        try
        {
            return await _held.TakeAsync(room, abandon, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return [];
        }
        catch (Exception e)
        {
            Log.OutboxFailure(_logger, _stream.Name, e);
            return [];
        }
        finally
        {
            Interlocked.Add(ref _asked, -room);
            TellOfRoom();
        }
    }

    /// <summary>Returns how many mails to lease: none while more than half of what was leased ahead is left.</summary>
    private int FindRoom()
    {
        var room = _stream.Queue.Workers + _ahead - _held.Count - Volatile.Read(ref _asked);
        return room > _ahead / 2 ? room : 0;
    }

    private void TellOfRoom()
    {
        if (FindRoom() > 0) _room.Writer.TryWrite(true);
    }

    /// <summary>Reaches further ahead while the mails of one look are gone soon, less far when they are not, and never beyond what a look brings: outboxes give few of large mails at once.</summary>
    private void Reach(int taken, int room)
    {
        var pace = _time.GetElapsedTime(_lastTaken);
        _lastTaken = _time.GetTimestamp();
        if (taken < room) _ahead = Math.Min(_ahead, taken);
        else if (pace < s_reach) _ahead = Math.Min(Math.Max(_ahead * 2, _stream.Queue.Workers), FurthestAhead);
        else if (pace > s_reach * 2) _ahead /= 2;
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        try
        {
            var pause = _stream.Router.Pause;
            if (pause > TimeSpan.Zero)
            {
                // News are of no use meanwhile; but the transport may prove to work earlier, through somebody who did not enqueue.
                await Task.Delay(pause < _options.PollInterval ? pause : _options.PollInterval, _time, stopping).ConfigureAwait(false);
                return;
            }

            using var look = new CancellationTokenSource(_options.PollInterval, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, stopping);
            await _news.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time for another look, or to stop.
        }
    }

    private async Task WorkAsync(CancellationToken end)
    {
        await foreach (var held in _ready.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            var under = held.Lease;
            if (await _held.IsHeldAsync(held, end).ConfigureAwait(false)) under = await ProcessAsync(held, end).ConfigureAwait(false); // else somebody else may be sending it, or have sent it
            await GiveBackAsync(held, under).ConfigureAwait(false);
            TellOfRoom();
        }
    }

    private async Task GiveBackAsync(HeldLease held, OutboxLease under)
    {
        if (_held.GiveBack(held, under) is not { } again || _ready.Writer.TryWrite(again)) return;

        // The lane ends.
        await _marker.StoreAsync(again.Lease, OutboxFate.Again).ConfigureAwait(false);
        _held.GiveBack(again, again.Lease);
    }

    /// <summary>Delivers a mail, and stores what became of it. Returns the lease that this happened under.</summary>
    private async Task<OutboxLease> ProcessAsync(HeldLease held, CancellationToken end)
    {
        try
        {
            var before = held.Lease.Entry;
            var verdict = await _delivery.DeliverAsync(before, _stream, held.Interrupted).ConfigureAwait(false);
            var (under, isHeld) = await MarkAsync(held, verdict, end).ConfigureAwait(false);
            Report(verdict.Entry, verdict.Fate, wasTried: verdict.Entry.Attempts > before.Attempts, isHeld);
            return under;
        }
        catch (Exception e)
        {
            // The lease ends by itself, and the mail is taken up again.
            Log.OutboxFailure(_logger, _stream.Name, e);
            return held.Lease;
        }
    }

    /// <summary>Stores what became of a mail, under the lease that this process has of it now. Returns that lease, and whether it is held.</summary>
    private async Task<(OutboxLease Under, bool IsHeld)> MarkAsync(HeldLease held, OutboxVerdict verdict, CancellationToken end)
    {
        while (true)
        {
            var lease = held.Lease;
            if (await _marker.StoreAsync(lease with { Entry = verdict.Entry }, verdict.Fate).ConfigureAwait(false)) return (lease, true);
            if (await _held.IsLostAsync(held, lease, end).ConfigureAwait(false)) return (lease, false);
        }
    }

    /// <summary>Gives back at once what no worker has begun, for other processes to take.</summary>
    private async Task ReleaseReadyAsync()
    {
        List<HeldLease> ready = [];
        while (_ready.Reader.TryRead(out var held)) ready.Add(held);
        await Task.WhenAll(ready.Select(held => _marker.StoreAsync(held.Lease, OutboxFate.Again))).ConfigureAwait(false);
        foreach (var held in ready) _held.GiveBack(held, held.Lease);
    }

    private void Report(OutboxEntry entry, OutboxFate fate, bool wasTried, bool isHeld)
    {
        if (!isHeld) Log.LeaseLost(_logger, entry.Id, _stream.Name);
        else if (fate is OutboxFate.GivenUp) Log.GivenUp(_logger, entry.Id, _stream.Name, entry.Attempts, entry.LastFailure);
        else if (fate is OutboxFate.Again && wasTried) Log.Rescheduled(_logger, entry.Id, _stream.Name, entry.DueAt, entry.Attempts, entry.LastFailure);
    }

    private static Channel<bool> CreateSignal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
