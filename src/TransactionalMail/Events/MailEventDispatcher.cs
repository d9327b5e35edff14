using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Events;

/// <summary>The one queue through which events reach audit, suppression list and handlers, in order and off the hot path.</summary>
/// <remarks>
/// A publication takes one of <see cref="Capacity"/> places. Where none is free its sender waits, but no longer than
/// <see cref="LongestWait"/>: then it is queued all the same. So no event is dropped, and no circle of waiting can close, whatever a
/// handler waits for. A handler that itself sends mail does not wait at all, as the queue stands still until it returns.
/// </remarks>
internal sealed class MailEventDispatcher(EventPipeline pipeline, TimeProvider time, MailTelemetry telemetry, ILogger<MailEventDispatcher> logger)
    : IDisposable, IAsyncDisposable
{
    public const int Capacity = 1024;
    private const int LargestBatch = 256;

    private readonly Channel<EventPublication> _queue = Channel.CreateUnbounded<EventPublication>(new() { SingleReader = true });
    private readonly SemaphoreSlim _places = new(Capacity);
    private readonly AsyncLocal<bool> _isReader = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _full;
    private int _left;
    private int _unheard;
    private volatile bool _isDisposed;

    /// <summary>How long a sender waits for a place at most.</summary>
    public static TimeSpan LongestWait => TimeSpan.FromSeconds(5);

    /// <summary>How long <see cref="DisposeAsync"/> waits for what is queued.</summary>
    public static TimeSpan LongestDrain => TimeSpan.FromSeconds(5);

    /// <summary>Queues the events of one mail; it never throws, for the mail is out.</summary>
    /// <param name="events">The events, in order; not to be changed afterwards.</param>
    /// <param name="cancellationToken">Ends the waiting for a place, not the publication.</param>
    public ValueTask PublishAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken) =>
        events.Count == 0 ? ValueTask.CompletedTask : PublishAsync(new EventPublication(events, HoldsPlace: false), cancellationToken);

    /// <summary>Queues events that may have been told before, and returns how many were new when the audit has them.</summary>
    /// <remarks>Not for handlers, which would wait for themselves.</remarks>
    /// <exception cref="MailEventsNotStoredException">The audit failed; nothing is done with the events.</exception>
    public async ValueTask<int> StoreAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return 0;
        var stored = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PublishAsync(new EventPublication(events, HoldsPlace: false, Stored: stored), cancellationToken).ConfigureAwait(false);
        return await stored.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until everything published so far was handled.</summary>
    /// <remarks>Not for handlers, which would wait for themselves.</remarks>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Enqueue(new EventPublication([], HoldsPlace: false, reached)) ? reached.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Records what is queued, within <see cref="LongestDrain"/>, and says what was left.</summary>
    /// <remarks>Handlers are not called any more: the container that disposes this object resolves nothing any more. A host flushes first.</remarks>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (!_queue.Writer.TryComplete() || Volatile.Read(ref _started) == 0) return;
        try
        {
            await _drained.Task.WaitAsync(LongestDrain, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var left = Volatile.Read(ref _left);
            await _ended.CancelAsync().ConfigureAwait(false);
            telemetry.CountFailedEvents(left, "queue");
            Log.EventsLeft(logger, left, LongestDrain.TotalSeconds);
        }

        if (_unheard > 0) Log.EventsUnheard(logger, _unheard);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private ValueTask PublishAsync(EventPublication publication, CancellationToken cancellationToken)
    {
        if (_isReader.Value) Enqueue(publication);
        else if (_places.Wait(0, CancellationToken.None)) Enqueue(publication with { HoldsPlace = true });
        else return PublishWhenThereIsRoomAsync(publication, cancellationToken);
        return ValueTask.CompletedTask;
    }

    private async ValueTask PublishWhenThereIsRoomAsync(EventPublication publication, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _full, 1) == 0) Log.EventQueueFull(logger, Capacity, LongestWait.TotalSeconds);
        var holdsPlace = true;
        using var deadline = new Deadline(LongestWait, time, cancellationToken);
        try
        {
            await _places.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            holdsPlace = false;
        }

        Enqueue(publication with { HoldsPlace = holdsPlace });
    }

    private bool Enqueue(EventPublication publication)
    {
        var events = publication.Events;
        Interlocked.Add(ref _left, events.Count);
        if (!_queue.Writer.TryWrite(publication))
        {
            Interlocked.Add(ref _left, -events.Count);
            if (events.Count == 0) return false;
            telemetry.CountFailedEvents(events.Count, "queue");
            Log.EventsLost(logger, events.Count, events[0].MailId);
            publication.Stored?.SetException(new MailEventsNotStoredException(new ObjectDisposedException(nameof(MailEventDispatcher))));
            return false;
        }

        // Unsafe: the reader must not carry the first sender's activity and culture along for ever.
        if (Interlocked.Exchange(ref _started, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(static d => _ = d.ReadAsync(), this, preferLocal: false);
        return true;
    }

    private async Task ReadAsync()
    {
        _isReader.Value = true;
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_ended.Token).ConfigureAwait(false))
            {
                await HandleAsync(TakeBatch(), _ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // What is left was counted and logged by whoever ended the reading.
        }
        finally
        {
            _drained.SetResult();
        }
    }

    /// <summary>Takes publications of one kind: what we are told is completed from what we recorded before it.</summary>
    private List<EventPublication> TakeBatch()
    {
        List<EventPublication> batch = [];
        for (var events = 0; events < LargestBatch && _queue.Reader.TryPeek(out var next) && (batch.Count == 0 || next.IsTold == batch[0].IsTold); events += next.Events.Count)
        {
            _queue.Reader.TryRead(out next);
            batch.Add(next);
        }

        return batch;
    }

    private async Task HandleAsync(List<EventPublication> batch, CancellationToken cancellationToken)
    {
        List<MailEvent> events = [.. batch.SelectMany(static p => p.Events)];
        var recorded = events.Count > 0 ? await pipeline.RecordAsync(events, batch[0].IsTold, cancellationToken).ConfigureAwait(false) : default;
        foreach (var publication in batch)
        {
            foreach (var mailEvent in Accept(publication, recorded)) await HandleAsync(mailEvent, cancellationToken).ConfigureAwait(false);
            if (publication.HoldsPlace && _places.Release() > Capacity / 2) Volatile.Write(ref _full, 0);
            publication.Done?.SetResult();
        }
    }

    /// <summary>Returns the events to handle: what we did ourselves in any case, what we were told where it is new and stored.</summary>
    private IReadOnlyList<MailEvent> Accept(EventPublication publication, EventRecording recording)
    {
        if (publication.Stored is not { } stored) return publication.Events;
        IReadOnlyList<MailEvent> accepted = recording.Failure is null ? [.. publication.Events.DistinctBy(static e => e.EventId).Select(e => recording.New.GetValueOrDefault(e.EventId)).OfType<MailEvent>()] : [];
        Interlocked.Add(ref _left, accepted.Count - publication.Events.Count);
        if (recording.Failure is { } failure) stored.SetException(new MailEventsNotStoredException(failure));
        else stored.SetResult(accepted.Count);
        return accepted;
    }

    private async ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await pipeline.UpdateSuppressionsAsync(mailEvent, cancellationToken).ConfigureAwait(false);
        if (!_isDisposed) await pipeline.CallHandlersAsync(mailEvent, cancellationToken).ConfigureAwait(false);
        else if (pipeline.HasHandlers) _unheard++;
        Interlocked.Decrement(ref _left);
    }
}
