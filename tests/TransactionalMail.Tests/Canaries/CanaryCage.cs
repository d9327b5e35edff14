using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Everything the library says while a fault happens: logs at Trace, exceptions, traces, metrics and <c>ToString()</c>.</summary>
internal sealed class CanaryCage : ILoggerProvider
{
    /// <summary>Properties that are documented to hold neither addresses nor secrets, so that applications log them.</summary>
    private static readonly HashSet<string> s_open =
        ["Diagnostic", "LastFailure", "Problem", "Field", "ProviderCode", "EnhancedCode", "TransportName", "StreamName", "TemplateName"];

    private static readonly HashSet<string> s_sources = [MailTelemetry.Name, "System.Net.Http", "System.Net.NameResolution"];

    private readonly ConcurrentQueue<(string Channel, string Text, bool IsOpen)> _said = [];
    private readonly ActivityListener _spans;
    private readonly MeterListener _meters = new();
    private readonly RuntimeEvents _events;

    public CanaryCage()
    {
        _events = new RuntimeEvents(text => Capture("event", text, isOpen: true));
        _spans = new ActivityListener
        {
            ShouldListenTo = static source => s_sources.Contains(source.Name),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Capture,
        };
        ActivitySource.AddActivityListener(_spans);

        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (s_sources.Contains(instrument.Meter.Name)) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Capture(instrument, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Capture(instrument, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Capture(instrument, tags));
        _meters.Start();
    }

    /// <summary>Gets the canaries that were heard where they must not be.</summary>
    public IReadOnlyList<CanaryLeak> Leaks
    {
        get
        {
            _meters.RecordObservableInstruments();
            return [.. from said in _said.Distinct()
                       from canary in Plants.Ear.Hear(said.Text)
                       where said.IsOpen || canary.Kind is CanaryKind.Secret
                       select new CanaryLeak(canary, said.Channel, said.Text)];
        }
    }

    public int Count(string channel) => _said.Count(s => s.Channel == channel);

    /// <summary>Listens to the log of an application.</summary>
    public void Watch(IServiceCollection services) => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this));

    /// <summary>Makes something fail, and takes in what reaches the caller.</summary>
    public async Task CatchAsync<T>(Func<Task> act)
        where T : Exception
    {
        var thrown = (await act.Should().ThrowAsync<T>()).Which;
        Capture("exception", thrown, isOpen: true);
        Show(thrown);
    }

    /// <summary>Takes in what an object says of itself, and what the library's objects behind its properties do.</summary>
    public void Show(object? value) => Show(value, []);

    public void ShouldHoldEveryCanary() => Leaks.Select(l => l.ToString()).Should().BeEmpty();

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
        _events.Dispose();
        _spans.Dispose();
        _meters.Dispose();
    }

    private void Capture(string channel, object? value, bool isOpen)
    {
        if (value is null or string { Length: 0 }) return;
        _said.Enqueue((channel, value.ToString() ?? "", isOpen));
        if (value is KeyValuePair<string, object?> pair) Capture(channel, pair.Value, isOpen);
        else if (value is Exception exception) CaptureInside(channel, exception, isOpen);
        else if (value is IEnumerable items and not string)
        {
            foreach (var item in items) Capture(channel, item, isOpen);
        }
    }

    private void CaptureInside(string channel, Exception exception, bool isOpen)
    {
        Capture(channel, exception.Message, isOpen);
        foreach (DictionaryEntry entry in exception.Data) Capture(channel, $"{entry.Key}: {entry.Value}", isOpen);
        if (exception is AggregateException { InnerExceptions: var all }) Capture(channel, all, isOpen);
        else Capture(channel, exception.InnerException, isOpen);
    }

    private void Capture(Activity span)
    {
        Capture("trace", $"{span.OperationName} {span.DisplayName} {span.StatusDescription} {span.TraceStateString}", isOpen: true);
        foreach (var (key, value) in span.TagObjects.Concat(span.Events.SelectMany(e => e.Tags.Prepend(new("event", e.Name)))).Concat(span.Links.SelectMany(l => l.Tags ?? [])))
        {
            Capture("trace", key, isOpen: true);
            Capture("trace", value, isOpen: true);
        }

        foreach (var (key, value) in span.Baggage) Capture("trace", $"{key} {value}", isOpen: true);
    }

    private void Capture(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Capture("metric", instrument.Name, isOpen: true);
        foreach (var (key, value) in tags) Capture("metric", $"{key} {value}", isOpen: true);
    }

    private void Show(object? value, HashSet<object> shown)
    {
        // An address is the one type that says what it holds, and documents that it is personal data.
        if (value is null or string or EmailAddress || !shown.Add(value)) return;
        if (value is IEnumerable items)
        {
            foreach (var item in items) Show(item, shown);
            return;
        }

        if (!Shipped.Assemblies.Contains(value.GetType().Assembly)) return;
        Capture("ToString", value.ToString(), isOpen: true);
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
        {
            if (property.PropertyType != typeof(string)) Show(property.GetValue(value), shown);
            else if (s_open.Contains(property.Name)) Capture($"{value.GetType().Name}.{property.Name}", property.GetValue(value), isOpen: true);
        }
    }

    private sealed class Logger(CanaryCage cage) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            cage.Capture("log", state, isOpen: true);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var isOpen = logLevel >= LogLevel.Information;
            cage.Capture("log", formatter(state, exception), isOpen);
            cage.Capture("log", state, isOpen);
            cage.Capture("log", exception, isOpen);
        }
    }
}
