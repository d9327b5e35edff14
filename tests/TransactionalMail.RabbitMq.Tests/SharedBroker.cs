using TransactionalMail.RabbitMq.Tests;

[assembly: AssemblyFixture(typeof(SharedBroker))]

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>One server for the whole run, started by the first test that asks.</summary>
public sealed class SharedBroker : IAsyncDisposable
{
    private readonly Lazy<Task<Broker>> _broker = new(StartAsync);

    public Task<Broker> GetAsync()
    {
        Broker.Require();
        return _broker.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker.IsValueCreated) await (await _broker.Value).DisposeAsync();
    }

    private static async Task<Broker> StartAsync()
    {
        var broker = new Broker();
        await broker.StartAsync(CancellationToken.None);
        return broker;
    }
}
