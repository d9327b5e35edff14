using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TransactionalMail.Benchmarks.Outbox.Queues;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>What people write themselves with RabbitMQ's client: the same kind of queue, each message confirmed, and a consumer that acknowledges one after another.</summary>
internal static class BareQueue
{
    private const string Queue = "bare.mail";
    private const string DeadLetters = "bare.dead";

    /// <summary>As many as ours may have in flight: the client's default holds many callers up.</summary>
    private const int MostInFlight = 2_048;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(500);

    /// <summary>Publishes until time is up; callers share the channels.</summary>
    public static async Task<double> PublishAsync(MailQueues queues, int callers, int channels, TimeSpan duration)
    {
        await using var connection = await queues.ConnectAsync();
        await DeclareAsync(connection);
        List<IChannel> open = [];
        for (var i = 0; i < channels; i++) open.Add(await OpenAsync(connection));

        var (next, published) = (0, 0L);
        var perSecond = await Callers.RunAsync(callers, duration, () =>
        {
            var channel = open[next++ % channels];
            return Task.FromResult<Func<Task<bool>>>(async () =>
            {
                await PublishAsync(channel);
                Interlocked.Increment(ref published);
                return true;
            });
        });
        foreach (var channel in open) await channel.DisposeAsync();
        await queues.EmptyAsync(Queue, published);
        return perSecond;
    }

    /// <summary>Takes each message, reads it, does nothing with it, and acknowledges it. Connecting is part of the time, as it is for ours.</summary>
    public static async Task<double> DrainAsync(MailQueues queues, int mails, ushort prefetch)
    {
        await using (var filling = await queues.ConnectAsync())
        {
            await DeclareAsync(filling);
            await using var channel = await OpenAsync(filling);
            for (var left = mails; left > 0; left -= 500) await Task.WhenAll(Enumerable.Range(0, Math.Min(left, 500)).Select(_ => PublishAsync(channel)));
        }

        var clock = Stopwatch.StartNew();
        TimeSpan elapsed;
        await using (var connection = await queues.ConnectAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            await channel.BasicQosAsync(0, prefetch, global: false);
            var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var count = 0;
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                _ = Letters.Read(delivery.Body.ToArray());
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                if (++count == mails) all.SetResult();
            };
            await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
            await all.Task.WaitAsync(s_patience);
            await channel.ExchangeDeclarePassiveAsync(DeadLetters); // the broker answers in order: it has the acknowledgements
            elapsed = clock.Elapsed;

            // Its channel passes them on to the queue a few at a time; what it had not yet would come back with the end of the channel.
            await Task.Delay(s_settling);
        }

        await queues.EmptyAsync(Queue, expected: 0);
        return mails / elapsed.TotalSeconds;
    }

    private static Task<IChannel> OpenAsync(IConnection connection) => connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, new ThrottlingRateLimiter(MostInFlight)));

    private static async Task PublishAsync(IChannel channel)
    {
        var properties = new BasicProperties { Persistent = true, MessageId = Guid.CreateVersion7().ToString(), ContentType = "application/json" };
        await channel.BasicPublishAsync("", Queue, mandatory: true, properties, Letters.ToBytes(Letters.Next()));
    }

    private static async Task DeclareAsync(IConnection connection)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(DeadLetters, ExchangeType.Direct, durable: true);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["x-queue-type"] = "quorum",
            ["x-overflow"] = "reject-publish",
            ["x-delivery-limit"] = 50,
            ["x-dead-letter-exchange"] = DeadLetters,
            ["x-dead-letter-strategy"] = "at-least-once",
        });
    }
}
