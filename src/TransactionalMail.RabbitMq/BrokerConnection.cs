using System.Net.Security;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>One connection, opened when it is needed and again when it was lost. Thread-safe.</summary>
/// <remarks>The client's own recovery is off: it would revive channels under leases that the broker has given to others meanwhile.</remarks>
internal sealed class BrokerConnection(RabbitMqMailOptions options, string purpose) : IAsyncDisposable
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _opening = new(1);
    private IConnection? _connection;

    public async Task<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } open) return open;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is { IsOpen: true } meanwhile) return meanwhile;
            await CloseAsync().ConfigureAwait(false);
            return _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _opening.Dispose();
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        string[] hosts = [options.Uri.Host, .. options.Hosts];
        Random.Shared.Shuffle(hosts);
        List<Exception> failures = [];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            foreach (var host in hosts)
            {
                try
                {
                    return await FactoryOf(host).CreateConnectionAsync($"TransactionalMail {purpose}", patience.Token).ConfigureAwait(false);
                }
                catch (BrokerUnreachableException e)
                {
                    failures.Add(e);
                }
            }

            throw new BrokerUnreachableException(new AggregateException(failures));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
        {
            throw BrokerErrors.Explain("Connecting", e);
        }
    }

    /// <remarks>One for each node, whose certificate must be for its own name. The client accepts any name with a URI of amqps; we do not, unless the application says so.</remarks>
    private ConnectionFactory FactoryOf(string host)
    {
        var factory = new ConnectionFactory { Uri = options.Uri, HostName = host, RequestedHeartbeat = s_heartbeat };
        (factory.Ssl.ServerName, factory.Ssl.AcceptablePolicyErrors) = (host, SslPolicyErrors.None);
        options.ConfigureConnection?.Invoke(factory);
        factory.AutomaticRecoveryEnabled = false;
        factory.TopologyRecoveryEnabled = false;
        factory.ConsumerDispatchConcurrency = 1; // a burst counts on order
        factory.RequestedConnectionTimeout = factory.ContinuationTimeout = factory.HandshakeContinuationTimeout = options.Timeout;
        return factory;
    }

    private async Task CloseAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        await connection.AbortAsync(options.Timeout).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
