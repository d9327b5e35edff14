using System.Collections.Concurrent;
using RabbitMQ.Client;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>The exchanges and queues: a queue of mail and one of dead letters for each stream, and the delays, which all streams share. Thread-safe.</summary>
/// <remarks>
/// The routing key is the stream in lower case everywhere. A delay dead-letters into the exchange of mail with the routing key the message has, so that it finds its stream again.
/// Dead-lettering inside the broker is at least once, which goes with <c>reject-publish</c>: a plain dead-lettering may lose the message.
/// </remarks>
internal sealed class Topology(RabbitMqMailOptions options) : IDisposable
{
    private const string DeadLetterExchange = "x-dead-letter-exchange";

    private readonly ConcurrentDictionary<string, bool> _declared = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _declaring = new(1);

    public string Mail => $"{options.QueuePrefix}.mail";

    public string Dead => $"{options.QueuePrefix}.dead";

    public static string KeyOf(string streamName) => streamName.ToLowerInvariant();

    public string DelayOf(TimeSpan step) => $"{options.QueuePrefix}.delay.{DelaySteps.NameOf(step)}";

    public string MailQueueOf(string streamName) => $"{Mail}.{KeyOf(streamName)}";

    public string DeadQueueOf(string streamName) => $"{Dead}.{KeyOf(streamName)}";

    /// <summary>Declares what a stream needs, once; what exists is left as it is.</summary>
    public async Task DeclareAsync(string streamName, BrokerConnection connection, CancellationToken cancellationToken)
    {
        if (_declared.ContainsKey(KeyOf(streamName))) return;
        await _declaring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_declared.ContainsKey(KeyOf(streamName))) return;
            var open = await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var channel = await open.CreateChannelAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                if (_declared.IsEmpty) await DeclareSharedAsync(channel).ConfigureAwait(false);
                await DeclareStreamAsync(channel, streamName).ConfigureAwait(false);
            }

            _declared[KeyOf(streamName)] = true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
        {
            throw BrokerErrors.Explain($"Declaring the queues of stream \"{streamName}\"", e);
        }
        finally
        {
            _declaring.Release();
        }
    }

    /// <summary>Makes the next call declare again: somebody removed a queue.</summary>
    public void Forget() => _declared.Clear();

    public void Dispose() => _declaring.Dispose();

    private async Task DeclareSharedAsync(IChannel channel)
    {
        await channel.ExchangeDeclareAsync(Mail, ExchangeType.Direct, durable: true).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(Dead, ExchangeType.Direct, durable: true).ConfigureAwait(false);
        foreach (var step in DelaySteps.All)
        {
            var name = DelayOf(step);
            await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true).ConfigureAwait(false);
            await DeclareQueueAsync(channel, name, ("x-message-ttl", (long)step.TotalMilliseconds), (DeadLetterExchange, Mail)).ConfigureAwait(false);
            await channel.QueueBindAsync(name, name, "").ConfigureAwait(false);
        }
    }

    private async Task DeclareStreamAsync(IChannel channel, string streamName)
    {
        var (mail, dead) = (MailQueueOf(streamName), DeadQueueOf(streamName));

        // Reading returns dead letters to their queue; RabbitMQ 4 would drop them after 20 times unless told otherwise.
        await DeclareQueueAsync(channel, dead, ("x-delivery-limit", int.MaxValue)).ConfigureAwait(false);
        await channel.QueueBindAsync(dead, Dead, KeyOf(streamName)).ConfigureAwait(false);
        await DeclareQueueAsync(channel, mail, ("x-delivery-limit", options.DeliveryLimit), (DeadLetterExchange, Dead)).ConfigureAwait(false);
        await channel.QueueBindAsync(mail, Mail, KeyOf(streamName)).ConfigureAwait(false);
    }

    private static async Task DeclareQueueAsync(IChannel channel, string name, params (string Name, object Value)[] arguments)
    {
        var all = arguments.ToDictionary(static a => a.Name, static a => (object?)a.Value, StringComparer.Ordinal);
        all["x-queue-type"] = "quorum";
        all["x-overflow"] = "reject-publish";
        if (all.ContainsKey(DeadLetterExchange)) all["x-dead-letter-strategy"] = "at-least-once";
        await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, all).ConfigureAwait(false);
    }
}
