using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Publishes, and returns when a majority of the queue's replicas has the message. Thread-safe; calls are in flight together.</summary>
/// <remarks>It has a connection of its own: a broker that is short of memory stops those that publish, and acknowledgements must still get through.</remarks>
internal sealed class ConfirmedPublisher(RabbitMqMailOptions options, Topology topology) : IAsyncDisposable
{
    private const int MostInFlight = 2_048;

    private readonly BrokerConnection _connection = new(options, "publisher");
    private readonly SemaphoreSlim _opening = new(1);
    private IChannel? _channel;

    /// <summary>Publishes to a stream's queue or its dead letters, or into a delay.</summary>
    /// <exception cref="RabbitMqUnavailableException">It was not confirmed; it may be there all the same.</exception>
    public async Task PublishAsync(string exchange, string streamName, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            await PublishOnceAsync(exchange, streamName, properties, body, cancellationToken).ConfigureAwait(false);
        }
        catch (PublishException e) when (e.IsReturn)
        {
            // Somebody removed the queue: it is declared anew.
            topology.Forget();
            await ExplainAsync(() => PublishOnceAsync(exchange, streamName, properties, body, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
        {
            throw BrokerErrors.Explain("Publishing", e);
        }

        async Task ExplainAsync(Func<Task> publish)
        {
            try
            {
                await publish().ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
            {
                throw BrokerErrors.Explain("Publishing", e);
            }
        }
    }

    /// <summary>Publishes on a channel of its own, which nobody else's refusal ends.</summary>
    /// <exception cref="EmailValidationException">The broker refuses this message, and always will: it is larger than its <c>max_message_size</c>, for one.</exception>
    /// <exception cref="RabbitMqUnavailableException">It was not confirmed; it may be there all the same.</exception>
    public async Task PublishAloneAsync(string exchange, string streamName, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            await topology.DeclareAsync(streamName, _connection, cancellationToken).ConfigureAwait(false);
            var channel = await CreateChannelAsync(cancellationToken).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false)) await PublishOnceAsync(channel, exchange, streamName, properties, body, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason is { ReplyCode: Constants.PreconditionFailed } reason)
        {
            throw new EmailValidationException([new("Message", $"The broker refuses the mail: {reason.ReplyText}.")]);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
        {
            throw BrokerErrors.Explain("Publishing", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        _opening.Dispose();
    }

    private async Task PublishOnceAsync(string exchange, string streamName, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await topology.DeclareAsync(streamName, _connection, cancellationToken).ConfigureAwait(false);
        await PublishOnceAsync(await OpenAsync(cancellationToken).ConfigureAwait(false), exchange, streamName, properties, body, cancellationToken).ConfigureAwait(false);
    }

    private async Task PublishOnceAsync(IChannel channel, string exchange, string streamName, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        await channel.BasicPublishAsync(exchange, Topology.KeyOf(streamName), mandatory: true, properties, body, patience.Token).ConfigureAwait(false);
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open) return open;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_channel is { IsOpen: true } meanwhile) return meanwhile;
            return _channel = await CreateChannelAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<IChannel> CreateChannelAsync(CancellationToken cancellationToken)
    {
        var connection = await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, new ThrottlingRateLimiter(MostInFlight)), CancellationToken.None).ConfigureAwait(false);
    }
}
