using System.Diagnostics;
using System.Diagnostics.Metrics;
using TransactionalMail.Outbox;

namespace TransactionalMail.Diagnostics;

/// <summary>What operators measure and trace, after the OpenTelemetry conventions for messaging. Nothing here is ever tagged with a recipient.</summary>
internal sealed class MailTelemetry : IDisposable
{
    /// <summary>The name to give to OpenTelemetry's <c>AddMeter</c> and <c>AddSource</c>.</summary>
    public const string Name = "TransactionalMail";

    private readonly Meter _meter;
    private readonly ActivitySource _activities = new(Name);
    private readonly Counter<long> _sent;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _eventsFailed;
    private readonly Histogram<double> _attempts;
    private readonly Histogram<double> _deliveries;

    /// <param name="meters">The host's factory, which keeps measurements of several containers apart; <see langword="null"/> without a host.</param>
    /// <param name="time">The clock that ages are measured by.</param>
    public MailTelemetry(TimeProvider time, IMeterFactory? meters = null)
    {
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _sent = _meter.CreateCounter<long>("transactionalmail.sent", "{mail}", "Mails that a relay took over for at least one recipient.");
        _failed = _meter.CreateCounter<long>("transactionalmail.failed", "{mail}", "Mails that nobody took over and nobody tries again.");
        _retried = _meter.CreateCounter<long>("transactionalmail.retried", "{mail}", "Times that a mail was put off, to be tried again.");
        _eventsFailed = _meter.CreateCounter<long>("transactionalmail.events.failed", "{event}", "Events that audit, suppression list or a handler failed on, or that the queue lost.");
        _attempts = _meter.CreateHistogram<double>("transactionalmail.attempt.duration", "s", "How long a transport took for one mail.");
        _deliveries = _meter.CreateHistogram<double>("transactionalmail.delivery.duration", "s", "From the acceptance of a mail, or its NotBefore, to its end.");
        _meter.CreateObservableGauge("transactionalmail.queue.depth", () => Depths.Select(static d => new Measurement<int>(d.Waiting + d.InDelivery, Stream(d.StreamName))), "{mail}", "Mails in the outbox.");
        _meter.CreateObservableGauge("transactionalmail.queue.dead", () => Depths.Select(static d => new Measurement<int>(d.DeadLetters, Stream(d.StreamName))), "{mail}", "Mails that were given up.");
        _meter.CreateObservableGauge("transactionalmail.queue.age", () => Depths.Select(d => new Measurement<double>(d.OldestDueAt is { } due ? (time.GetUtcNow() - due).TotalSeconds : 0, Stream(d.StreamName))), "s", "For how long the mail that waits longest has been due.");
        _meter.CreateObservableGauge("transactionalmail.transport.available", () => (Transports?.Invoke() ?? []).Select(static t => new Measurement<int>(t.IsAvailable ? 1 : 0, new KeyValuePair<string, object?>("transactionalmail.transport", t.Name))), "1", "1 where mail goes to the transport, 0 while it is left alone.");
    }

    /// <summary>Gets or sets what tells how the transports are doing, for whoever measures.</summary>
    public Func<IReadOnlyList<MailTransportStatus>>? Transports { get; set; }

    /// <summary>Gets or sets how full the lanes were when somebody last looked.</summary>
    public IReadOnlyList<OutboxDepth> Depths { get; set; } = [];

    /// <summary>Begins a span of an application's call: <c>send</c> or <c>enqueue</c>.</summary>
    public Activity? StartCall(string operation, string stream) =>
        Describe(_activities.StartActivity($"{operation} {stream}", operation is "enqueue" ? ActivityKind.Producer : ActivityKind.Internal), operation, stream, null, null);

    /// <summary>Begins the span of one run of an enqueued mail, in the trace it was enqueued in.</summary>
    public Activity? StartDelivery(OutboxEntry entry)
    {
        var parent = ActivityContext.TryParse(entry.TraceParent, null, isRemote: true, out var enqueued) ? enqueued : default;
        return Describe(_activities.StartActivity($"deliver {entry.StreamName}", ActivityKind.Consumer, parent), "deliver", entry.StreamName, entry.TemplateName, entry.Id);
    }

    /// <summary>Begins the span of one attempt.</summary>
    public Activity? StartAttempt(MailId id, string stream, string? template, string transport) =>
        Describe(_activities.StartActivity($"attempt {transport}", ActivityKind.Client), "attempt", stream, template, id)?.SetTag("transactionalmail.transport", transport);

    /// <summary>Ends an attempt: how long it took and what came of it.</summary>
    public void EndAttempt(Activity? span, TimeSpan duration, string stream, string? template, string transport, string outcome, bool failed)
    {
        if (_attempts.Enabled) Log.Safely(() => _attempts.Record(duration.TotalSeconds, [.. Route(stream, template, transport), new("transactionalmail.outcome", outcome)])); // the next transport is asked all the same
        span?.SetTag("transactionalmail.outcome", outcome);
        if (failed) span?.SetTag("error.type", outcome).SetStatus(ActivityStatusCode.Error);
    }

    public void CountSent(TimeSpan age, string stream, string? template, string? transport) => CountEnd(_sent, age, stream, template, transport);

    public void CountFailed(TimeSpan age, string stream, string? template, string? transport) => CountEnd(_failed, age, stream, template, transport);

    public void CountRetried(string stream, string? template)
    {
        if (_retried.Enabled) _retried.Add(1, Route(stream, template, null));
    }

    /// <summary>Counts events that something failed on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="stage">What failed: <c>audit</c>, <c>suppression</c>, <c>handler</c> or <c>queue</c>.</param>
    public void CountFailedEvents(int count, string stage) => _eventsFailed.Add(count, new KeyValuePair<string, object?>("transactionalmail.event.stage", stage));

    public void Dispose()
    {
        _activities.Dispose();
        _meter.Dispose();
    }

    private void CountEnd(Counter<long> counter, TimeSpan age, string stream, string? template, string? transport)
    {
        if (!counter.Enabled && !_deliveries.Enabled) return;
        var route = Route(stream, template, transport);
        counter.Add(1, route);
        _deliveries.Record(age.TotalSeconds, [.. route, new("transactionalmail.outcome", counter == _sent ? "sent" : "failed")]);
    }

    private static Activity? Describe(Activity? span, string operation, string stream, string? template, MailId? id) => span?
        .SetTag("messaging.system", "transactionalmail")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.destination.name", stream)
        .SetTag("messaging.message.id", id?.ToString())
        .SetTag("transactionalmail.template", template);

    private static KeyValuePair<string, object?> Stream(string name) => new("transactionalmail.stream", name);

    private static KeyValuePair<string, object?>[] Route(string stream, string? template, string? transport) =>
        [Stream(stream), new("transactionalmail.template", template), new("transactionalmail.transport", transport)];
}
