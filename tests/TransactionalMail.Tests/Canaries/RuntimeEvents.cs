using System.Diagnostics;
using System.Diagnostics.Tracing;

namespace TransactionalMail.Tests.Canaries;

/// <summary>What the runtime tells of HTTP to whoever listens: by its event sources, as dotnet-trace records them, and by its diagnostic listener.</summary>
/// <remarks>Its sources named Private are left out: they dump each byte of every connection, on purpose, and nothing on top of a socket can keep them from it.</remarks>
internal sealed class RuntimeEvents : EventListener, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Action<string> _hear;

    public RuntimeEvents(Action<string> hear)
    {
        _hear = hear;
        foreach (var source in EventSource.GetSources()) Listen(source); // those that were there before this one could hear
        EventSourceCreated += (_, created) => Listen(created.EventSource!);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name is "HttpHandlerDiagnosticListener") _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value) => _hear($"{value.Key} {value.Value}");

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public override void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
        base.Dispose();
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        foreach (var value in eventData.Payload ?? new([])) _hear($"{eventData.EventName} {value}");
    }

    private void Listen(EventSource source)
    {
        if (source.Name.StartsWith("System.Net.", StringComparison.Ordinal)) EnableEvents(source, EventLevel.LogAlways, EventKeywords.All);
    }
}
