using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Receives a known number of messages at once: a consumer that ends as soon as it has them.</summary>
internal sealed class Burst(IChannel channel, int expected) : AsyncDefaultBasicConsumer(channel)
{
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets what came. Nothing is added once <see cref="Over"/> has ended.</summary>
    public List<Delivery> Received { get; } = [];

    /// <summary>Gets a task that ends when everything expected is here.</summary>
    public Task Full => _full.Task;

    /// <summary>Gets a task that ends when nothing more can come.</summary>
    public Task Over => _over.Task;

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        // The body belongs to the client's buffers again afterwards.
        Received.Add(new Delivery(Channel, deliveryTag, new BasicProperties(properties), body.ToArray()));
        if (Received.Count >= expected) _full.TrySetResult();
        return Task.CompletedTask;
    }

    /// <remarks>It is called in the order of deliveries, after the last of them.</remarks>
    protected override Task OnCancelAsync(string[] consumerTags, CancellationToken cancellationToken = default)
    {
        _full.TrySetResult();
        _over.TrySetResult();
        return base.OnCancelAsync(consumerTags, cancellationToken);
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _full.TrySetResult();
        _over.TrySetResult();
        return base.HandleChannelShutdownAsync(channel, reason);
    }
}
