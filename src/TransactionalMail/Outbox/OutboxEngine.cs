using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Outbox;

/// <summary>Takes mail into custody and runs one lane for each stream. Thread-safe.</summary>
internal sealed class OutboxEngine : IOutboxSignal, IAsyncDisposable, IDisposable
{
    /// <summary>How often the depth of the lanes is looked at, for whoever measures.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(10);

    /// <summary>How long marks may still be stored once deliveries are interrupted, so that mail that just went out does not go out again.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>How long stopping waits for whoever ought to end at once, and for the outbox to tell what is left.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly IMailOutbox _outbox;
    private readonly MailOutboxOptions _options;
    private readonly IMailStatus _status;
    private readonly MailTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<OutboxEngine> _logger;
    private readonly bool _startsItself;
    private readonly bool _isRelayed;
    private readonly Dictionary<string, OutboxLane> _lanes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly CancellationTokenSource _end = new();
    private Task? _running;
    private Task? _stopped;
    private bool _isDisposed;

    public OutboxEngine(IMailOutbox outbox, [FromKeyedServices(MailOutboxKeys.Delivery)] IMailOutbox leasedFrom, MailStreams streams, OutboxDelivery delivery, TransportRegistry transports, IMailStatus status, MailTelemetry telemetry, IOptions<TransactionalMailOptions> options, TimeProvider time, ILogger<OutboxEngine> logger)
    {
        _outbox = outbox;
        _options = options.Value.Outbox;
        _status = status;
        _telemetry = telemetry;
        _telemetry.Transports = status.GetTransports;
        _time = time;
        _logger = logger;
        _startsItself = transports.IsReplaced;
        _isRelayed = !ReferenceEquals(outbox, leasedFrom);
        _lanes = streams.All.ToDictionary(static s => s.Name, s => new OutboxLane(s, leasedFrom, delivery, _options, time, logger), StringComparer.OrdinalIgnoreCase);
    }

    public IMailOutbox Outbox => _outbox;

    /// <summary>Takes a mail into custody. Returns the mail that stands for it: another one where its idempotency key was used before.</summary>
    public async ValueTask<MailId> EnqueueAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var standing = await _outbox.AddAsync([entry], cancellationToken).ConfigureAwait(false);
        return standing[0];
    }

    /// <summary>Refuses to take mail that nobody would deliver.</summary>
    /// <exception cref="InvalidOperationException">Nothing delivers in this process, and nothing says that another one does, or no other one can.</exception>
    public void RequireDelivery()
    {
        if (_startsItself) Start();
        if (_options.EnqueueOnly)
        {
            if (_outbox.IsDurable || _isRelayed) return;
            throw new InvalidOperationException("Outbox:EnqueueOnly leaves enqueued mail to another process, and no other one sees the outbox in memory. Keep mail in a database (UseEntityFrameworkOutbox) or a queue, or do not set it.");
        }

        if (_running is null)
        {
            throw new InvalidOperationException(
                "Nothing delivers enqueued mail in this process yet. Start the application's host (host.RunAsync(), or StartAsync()), call SendAsync instead, or set Outbox:EnqueueOnly where another process delivers.");
        }

        if (_stopped is not null && !_outbox.IsDurable) throw InMemoryOutbox.Closed();
    }

    public void Wake(string? streamName = null)
    {
        foreach (var (name, lane) in _lanes)
        {
            if (streamName is null || string.Equals(name, streamName, StringComparison.OrdinalIgnoreCase)) lane.Wake();
        }
    }

    public void Start()
    {
        lock (_lock)
        {
            if (_running is not null || _options.EnqueueOnly) return;

            _running = RunWithoutContext(() => Task.WhenAll(
                _lanes.Values.Select(lane => Task.Run(() => lane.RunAsync(_stopping.Token, _abandon.Token, _end.Token))).Append(Task.Run(WatchAsync))));
        }
    }

    /// <summary>Finishes the deliveries in hand, within the limit, and reports what is left; a few seconds later it ends, whatever hangs. Whoever calls again waits for the same end.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return _running is null ? Task.CompletedTask : _stopped ??= StopAsync(_running, cancellationToken);
    }

    /// <remarks>A host stops first. Where nobody did, a durable outbox can no longer be reached, as its container is going: what is in hand is left to its leases.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return; // the container knows it by two names
        await StopAsync(new CancellationToken(canceled: _outbox.IsDurable)).ConfigureAwait(false);
        _stopping.Dispose();
        _abandon.Dispose();
        _end.Dispose();
    }

    /// <summary>Stops where the container itself is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task StopAsync(Task running, CancellationToken cancellationToken)
    {
        (_outbox as InMemoryOutbox)?.Close();
        using var limit = new CancellationTokenSource(_options.StopTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await EndAsync(_stopping, running, Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(false);
        await EndAsync(_abandon, running, s_grace, CancellationToken.None).ConfigureAwait(false);
        await EndAsync(_end, running, s_patience, CancellationToken.None).ConfigureAwait(false);
        if (!running.IsCompleted) Log.Safely(() => Log.LeftBehind(_logger));
        await ReportLeftAsync().ConfigureAwait(false);
        if (running.IsCompleted) await running.ConfigureAwait(false);
    }

    /// <summary>Cancels, and waits until everybody has ended. A transport that hangs or throws as it is told keeps nobody from the end.</summary>
    private async Task EndAsync(CancellationTokenSource cancellation, Task running, TimeSpan patience, CancellationToken cancellationToken)
    {
        var cancelling = cancellation.CancelAsync();
        if (!running.IsCompleted) await Task.WhenAll(running, cancelling).WaitAsync(patience, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Lanes serve everybody: they carry neither trace nor context of the one who happens to start them.</summary>
    private static Task RunWithoutContext(Func<Task> run)
    {
        if (ExecutionContext.IsFlowSuppressed()) return run();
        using (ExecutionContext.SuppressFlow()) return run();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(s_glance, _time);
        try
        {
            do
            {
                await LookAsync(_stopping.Token).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    private async Task<IReadOnlyList<OutboxDepth>> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _telemetry.Depths = await _status.GetQueuesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.DepthFailure(_logger, e);
            return _telemetry.Depths = []; // what was true before is not reported as if it were true now
        }
    }

    private async Task ReportLeftAsync()
    {
        using var limit = new CancellationTokenSource(s_patience, _time);
        try
        {
            Report(await Task.Run(() => LookAsync(limit.Token), CancellationToken.None).WaitAsync(limit.Token).ConfigureAwait(false)); // SQLite's calls are synchronous
        }
        catch (OperationCanceledException e)
        {
            Log.DepthFailure(_logger, e);
        }
    }

    private void Report(IReadOnlyList<OutboxDepth> depths) => Log.Safely(() =>
    {
        foreach (var depth in depths)
        {
            var left = depth.Waiting + depth.InDelivery;
            if (left == 0) continue;
            if (_outbox.IsDurable) Log.LeftForLater(_logger, left, depth.StreamName);
            else Log.LostWithProcess(_logger, left, depth.StreamName);
        }
    });
}
