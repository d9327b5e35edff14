using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Events;

/// <summary>The one queue through which events reach audit, suppression list and handlers, in order and off the hot path.</summary>
/// <remarks>
/// <para>
/// Handlers have a queue of their own behind it, so that nobody's report waits for them to be recorded. A publication takes one of
/// <see cref="Capacity"/> places until it was handled. Where none is free its sender waits, but no longer than <see cref="LongestWait"/>:
/// then it is queued all the same, unless whoever told it tells it again. So no event is dropped, and no circle of waiting can close,
/// whatever a handler waits for. A handler that itself sends mail does not wait at all, as the queue stands still until it returns.
/// </para>
/// <para>
/// What we are told is applied to the suppression list each time it is told, and acknowledged afterwards: that the audit knows an event
/// does not prove that the list has ever heard of it. A resubscription alone is not told twice: an unsubscribe may have come since.
/// </para>
/// </remarks>
internal sealed class MailEventDispatcher(EventPipeline pipeline, TimeProvider time, MailTelemetry telemetry, ILogger<MailEventDispatcher> logger)
    : IDisposable, IAsyncDisposable
{
    public const int Capacity = 1024;
    private const int LargestBatch = 256;

    private readonly Channel<EventPublication> _queue = Channel.CreateUnbounded<EventPublication>(new() { SingleReader = true });
    private readonly Channel<EventPublication> _recorded = Channel.CreateUnbounded<EventPublication>(new() { SingleReader = true, SingleWriter = true });
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

    /// <summary>Queues events that may have been told before, and returns how many were new when audit and suppression list have them.</summary>
    /// <exception cref="MailEventsNotStoredException">Audit or suppression list failed, or the queue stayed full; the events are to be told again.</exception>
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
        if (Interlocked.Exchange(ref _full, 1) == 0) Log.Safely(() => Log.EventQueueFull(logger, Capacity, LongestWait.TotalSeconds));
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

        if (holdsPlace || publication.Stored is null) Enqueue(publication with { HoldsPlace = holdsPlace });
        else publication.Fail(new TimeoutException($"The events of {Capacity} mails wait to be recorded and handled."));
    }

    private bool Enqueue(EventPublication publication)
    {
        var events = publication.Events;
        Interlocked.Add(ref _left, events.Count);
        if (!_queue.Writer.TryWrite(publication))
        {
            Interlocked.Add(ref _left, -events.Count);
            if (events.Count == 0) return false;
            TellOfLoss(events);
            publication.Fail(new ObjectDisposedException(nameof(MailEventDispatcher)));
            return false;
        }

        // Unsafe: the reader must not carry the first sender's activity and culture along for ever.
        if (Interlocked.Exchange(ref _started, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(static d => _ = d.RunAsync(), this, preferLocal: false);
        return true;
    }

    private void TellOfLoss(IReadOnlyList<MailEvent> events) => Log.Safely(() =>
    {
        telemetry.CountFailedEvents(events.Count, "queue");
        Log.EventsLost(logger, events.Count, events[0].MailId);
    });

    private async Task RunAsync()
    {
        _isReader.Value = true;
        try
        {
            await Task.WhenAll(HandleAllAsync(_ended.Token), RecordAllAsync(_ended.Token)).ConfigureAwait(false);
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // What is left was counted and logged by whoever ended the work.
        }
        finally
        {
            foreach (var queue in (ReadOnlySpan<Channel<EventPublication>>)[_queue, _recorded])
            {
                while (queue.Reader.TryRead(out var left)) left.Fail(new ObjectDisposedException(nameof(MailEventDispatcher)));
            }

            _drained.SetResult();
        }
    }

    private async Task RecordAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var batch = TakeBatch();
                await RecordAsync(batch, cancellationToken).ConfigureAwait(false);
                foreach (var publication in batch) _recorded.Writer.TryWrite(publication);
            }
        }
        finally
        {
            _recorded.Writer.Complete();
        }
    }

    /// <summary>Takes publications of one kind: what we are told is completed from what we recorded before it.</summary>
    private EventPublication[] TakeBatch()
    {
        List<EventPublication> batch = [];
        for (var events = 0; events < LargestBatch && _queue.Reader.TryPeek(out var next) && (batch.Count == 0 || next.IsTold == batch[0].IsTold); events += next.Events.Count)
        {
            _queue.Reader.TryRead(out next);
            batch.Add(next);
        }

        return [.. batch];
    }

    /// <summary>Tells audit and suppression list, and leaves those events to each publication that are for the handlers: our own in any case, the others where they are new.</summary>
    private async Task RecordAsync(EventPublication[] batch, CancellationToken cancellationToken)
    {
        List<MailEvent> events = [.. batch.SelectMany(static p => p.Events)];
        try
        {
            var recording = events.Count > 0 ? await pipeline.RecordAsync(events, batch[0].IsTold, cancellationToken).ConfigureAwait(false) : default;
            Exception? away = null;
            for (var i = 0; i < batch.Length; i++)
            {
                if (batch[i].IsTold) (batch[i], away) = await AcceptAsync(batch[i], recording, away, cancellationToken).ConfigureAwait(false);
                else foreach (var mailEvent in batch[i].Events) await pipeline.UpdateSuppressionsAsync(mailEvent, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            foreach (var publication in batch) publication.Fail(e);
            throw;
        }
    }

    /// <summary>Tells the suppression list what was told, and whoever told it whether it is stored. Returns what is left for the handlers.</summary>
    /// <param name="told">What was told.</param>
    /// <param name="recording">What became of it at the audit.</param>
    /// <param name="away">What the list has failed with; it is not asked again for the rest of a batch, as each may take as long to fail.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async ValueTask<(EventPublication Unheard, Exception? Away)> AcceptAsync(EventPublication told, EventRecording recording, Exception? away, CancellationToken cancellationToken)
    {
        var failure = recording.Failure;
        foreach (var mailEvent in recording.ToSuppressOf(told)) failure ??= away ??= await pipeline.UpdateSuppressionsAsync(mailEvent, cancellationToken).ConfigureAwait(false);
        MailEvent[] unheard = [.. recording.TakeNewOf(told)];
        Interlocked.Add(ref _left, unheard.Length - told.Events.Count);
        if (failure is null) told.Stored!.SetResult(unheard.Length);
        else told.Fail(failure);
        return (told with { Events = unheard }, away);
    }

    private async Task HandleAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var publication in _recorded.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var mailEvent in publication.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!_isDisposed) await pipeline.CallHandlersAsync(mailEvent, cancellationToken).ConfigureAwait(false);
                else if (pipeline.HasHandlers) _unheard++;
                Interlocked.Decrement(ref _left);
            }

            if (publication.HoldsPlace && _places.Release() > Capacity / 2) Volatile.Write(ref _full, 0);
            publication.Done?.TrySetResult();
        }
    }
}
