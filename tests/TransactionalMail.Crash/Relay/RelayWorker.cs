using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Crash.Points;
using TransactionalMail.Crash.Victim;
using TransactionalMail.Outbox;

namespace TransactionalMail.Crash.Relay;

/// <summary>A worker as anybody registers it, that knows the queues and no database.</summary>
internal sealed class RelayWorker : IAsyncDisposable
{
    private const int Workers = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private readonly IHost _host;
    private readonly IOutboxAdmin _queues;

    private RelayWorker(RelayQueues queues, Journal sent, int batch)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTransactionalMail(static options => (options.From, options.Outbox.PollInterval) = ("Crash <no-reply@crash.example>", TimeSpan.FromMilliseconds(50)))
            .AddTransport("provider", _ => new Provider(sent, new Trap(sent), Scenario.Flow, batch, CancellationToken.None))
            .AddStream("default", static stream => stream.Queue.Workers = Workers)
            .UseRabbitMqOutbox(queues.Configure);
        _host = builder.Build();
        _queues = _host.Services.GetRequiredService<IOutboxAdmin>();
    }

    /// <param name="queues">The queues.</param>
    /// <param name="sent">Where it writes what it handed over.</param>
    /// <param name="batch">The number of the kill.</param>
    public static async Task<RelayWorker> StartAsync(RelayQueues queues, Journal sent, int batch)
    {
        var worker = new RelayWorker(queues, sent, batch);
        await worker._host.StartAsync();
        return worker;
    }

    /// <summary>Returns how many messages the queues have, of which nobody has any in hand.</summary>
    public static async Task<int> CountAsync(RelayQueues queues, Journal sent)
    {
        await using var looking = new RelayWorker(queues, sent, batch: 0);
        return await looking.CountAsync();
    }

    /// <summary>Waits until the queues give no more. Twice: a message that is on its way to us is counted nowhere.</summary>
    public async Task DrainAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        for (var looks = 0; looks < 2 && !limit.IsCancellationRequested; looks = await CountAsync() == 0 ? looks + 1 : 0) await Task.Delay(s_pause, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private async Task<int> CountAsync() => (await _queues.GetDepthsAsync()).Sum(static d => d.Waiting + d.InDelivery + d.DeadLetters);
}
