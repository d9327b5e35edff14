using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Diagnostics;
using TransactionalMail.Events;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Events;

/// <summary>A container with everything events pass through, and eyes on all of it.</summary>
internal sealed class EventBench : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly MetricCollector<long> _failed;

    public EventBench(Action<TransactionalMailBuilder>? configure = null)
    {
        var services = Some.Services(configure);
        services.UseFakeMail();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddFakeLogging().AddLogging(static l => l.SetMinimumLevel(LogLevel.Trace));
        services.AddMetrics();
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Events = _provider.GetRequiredService<MailEventDispatcher>();
        _failed = new MetricCollector<long>(_provider.GetRequiredService<IMeterFactory>(), MailTelemetry.Name, "transactionalmail.events.failed");
    }

    public FakeTimeProvider Clock { get; } = Some.Clock();

    public MailEventDispatcher Events { get; }

    public IServiceProvider Services => _provider;

    public FakeLogCollector Logs => _provider.GetFakeLogCollector();

    /// <summary>Returns how many events the counter says failed at a stage.</summary>
    public long Failed(string stage) => _failed.GetMeasurementSnapshot().Where(m => Equals(m.Tags["transactionalmail.event.stage"], stage)).Sum(m => m.Value);

    public int Logged(int id) => Logs.GetSnapshot().Count(r => r.Id.Id == id);

    public Task PublishAsync(params MailEvent[] events) => Bounded(Events.PublishAsync(events, TestContext.Current.CancellationToken).AsTask());

    public Task FlushAsync() => Bounded(Events.FlushAsync(TestContext.Current.CancellationToken));

    /// <summary>Takes every place of the queue, while <paramref name="gate"/> keeps the handler busy with the first event.</summary>
    public async Task FillAsync(Gate gate)
    {
        await PublishAsync(SomeEvent.Accepted());
        await gate.Entered;
        for (var i = 1; i < MailEventDispatcher.Capacity; i++) await PublishAsync(SomeEvent.Accepted());
    }

    public async ValueTask DisposeAsync()
    {
        _failed.Dispose();
        var disposing = _provider.DisposeAsync().AsTask();
        if (await Task.WhenAny(disposing, Task.Delay(TimeSpan.FromSeconds(5))) != disposing) Clock.Advance(MailEventDispatcher.LongestDrain);
        await disposing;
    }

    // A deadlock fails a test rather than hanging the run; so does a handler that a failed test left stuck, above.
    private static Task Bounded(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
