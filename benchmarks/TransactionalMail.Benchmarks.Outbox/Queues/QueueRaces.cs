using System.Diagnostics;
using RabbitMQ.Client;
using TransactionalMail.Benchmarks.Outbox.Contestants;
using TransactionalMail.Outbox;
using TransactionalMail.RabbitMq.Tests;

namespace TransactionalMail.Benchmarks.Outbox.Queues;

/// <summary>Mail through RabbitMQ, beside its client alone.</summary>
internal static class QueueRaces
{
    private const string Name = "rabbitmq";

    public static bool AreWanted(Settings settings) => settings.Wants(Name, "enqueue") || settings.Wants(Name, "drain");

    public static async Task RunAsync(Broker broker, Settings settings, int callers)
    {
        await broker.StartAsync(CancellationToken.None);
        var queues = new MailQueues(broker);
        var description = await queues.DescribeAsync();
        Console.WriteLine();
        Console.WriteLine($"RabbitMQ.Client {FileVersionInfo.GetVersionInfo(typeof(IConnection).Assembly.Location).FileVersion}; a message has {OutboxPayload.Write(OurHost.Entry()).Length:N0} bytes of ours, {Letters.ToBytes(Letters.Next()).Length:N0} of the client alone. Everybody has each message confirmed.");
        if (settings.Wants(Name, "enqueue")) await PublishRace(description, queues, callers).RunAsync(settings.Rounds, settings.Duration);
        if (settings.Wants(Name, "drain")) await DrainRace(description, queues, settings.Mails).RunAsync(settings.Rounds, settings.Duration);
    }

    private static Race PublishRace(string description, MailQueues queues, int callers) => new(
        $"Publish, {callers} callers at once. {description}",
        new("EnqueueAsync, validated and confirmed", true, time => OurQueue.EnqueueAsync(queues, callers, time)),
        new("IMailOutbox.AddAsync (publishing alone)", true, time => OurQueue.AddAsync(queues, callers, time)),
        new("bare publish, one channel for all", false, time => BareQueue.PublishAsync(queues, callers, 1, time)),
        new("bare publish, a channel for each", false, time => BareQueue.PublishAsync(queues, callers, callers, time)));

    private static Race DrainRace(string description, MailQueues queues, int mails) => new(
        $"Drain. {description}",
        new("4 workers, transport answers at once", true, _ => OurQueue.DrainAsync(queues, mails, 4)),
        new("32 workers, transport answers at once", true, _ => OurQueue.DrainAsync(queues, mails, 32)),
        new("bare consumer, prefetch 32, acks each", false, _ => BareQueue.DrainAsync(queues, mails, 32)),
        new("bare consumer, prefetch 256, acks each", false, _ => BareQueue.DrainAsync(queues, mails, 256)));
}
