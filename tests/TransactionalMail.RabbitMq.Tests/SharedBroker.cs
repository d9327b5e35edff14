using TransactionalMail.Interop.Tests.Parts;
using TransactionalMail.RabbitMq.Tests;

[assembly: AssemblyFixture(typeof(SharedBroker))]

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>One server for the whole run, started by the first test that asks.</summary>
public sealed class SharedBroker : IAsyncDisposable
{
    private static readonly Part s_installed = new("Install rabbitmq-server: apt-get install rabbitmq-server.", "test", "-x", Broker.Program);

    private readonly Lazy<Task<Broker>> _broker = new(StartAsync);

    /// <summary>Skips or fails the test where no server is installed.</summary>
    public static void Require() => s_installed.Require();

    public Task<Broker> GetAsync()
    {
        Require();
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
