using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.Crash.Relay;

/// <summary>The queues between the application and its workers.</summary>
/// <param name="Broker">The broker.</param>
/// <param name="Prefix">What their names begin with.</param>
internal sealed record RelayQueues(Uri Broker, string Prefix)
{
    /// <summary>The relay's leases last four times as long, and so long nobody takes up what a dead one had in hand.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    public void Configure(RabbitMqMailOptions options) => (options.Uri, options.QueuePrefix, options.Timeout) = (Broker, Prefix, s_timeout);
}
