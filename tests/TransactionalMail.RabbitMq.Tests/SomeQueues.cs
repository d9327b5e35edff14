using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.RabbitMq.Tests;

internal static class SomeQueues
{
    /// <summary>Returns options with queues that no other test has.</summary>
    public static RabbitMqMailOptions Options(Broker broker) => new() { Uri = broker.Uri, QueuePrefix = $"test.{Guid.NewGuid():N}" };

    public static RabbitMqOutbox Outbox(RabbitMqMailOptions options, TimeProvider? time = null) => new(
        Microsoft.Extensions.Options.Options.Create(options),
        Microsoft.Extensions.Options.Options.Create(new TransactionalMailOptions()),
        time ?? TimeProvider.System,
        NullLogger<RabbitMqOutbox>.Instance);
}
