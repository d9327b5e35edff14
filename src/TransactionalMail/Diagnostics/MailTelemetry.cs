using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TransactionalMail.Diagnostics;

/// <summary>What operators measure and trace. Nothing here is ever tagged with a recipient.</summary>
internal sealed class MailTelemetry : IDisposable
{
    /// <summary>The name to give to OpenTelemetry's <c>AddMeter</c> and <c>AddSource</c>.</summary>
    public const string Name = "TransactionalMail";

    private readonly Meter _meter;
    private readonly Counter<long> _eventsFailed;

    /// <param name="meters">The host's factory, which keeps measurements of several containers apart; <see langword="null"/> without a host.</param>
    public MailTelemetry(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _eventsFailed = _meter.CreateCounter<long>("transactionalmail.events.failed", "{event}", "Events that audit, suppression list or a handler failed on, or that the queue lost.");
    }

    public ActivitySource Activities { get; } = new(Name);

    /// <summary>Counts events that something failed on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="stage">What failed: <c>audit</c>, <c>suppression</c>, <c>handler</c> or <c>queue</c>.</param>
    public void CountFailedEvents(int count, string stage) => _eventsFailed.Add(count, new KeyValuePair<string, object?>("transactionalmail.event.stage", stage));

    public void Dispose()
    {
        Activities.Dispose();
        _meter.Dispose();
    }
}
