using System.Runtime.CompilerServices;
using RabbitMQ.Client;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>What people can do with queues: count, and work on dead letters. A mail that waits cannot be reached.</summary>
/// <remarks>Dead letters that one reader looks at are hidden from the others until it is through.</remarks>
internal sealed partial class RabbitMqOutbox : IOutboxAdmin
{
    /// <summary>The name of the lane that mail of all streams waits in until it is due.</summary>
    private const string Delayed = "(delayed)";

    private const int ReadAtOnce = 100;

    private static readonly string s_instead =
        "Mail that waits in a queue cannot be reached by its id. Mail with a NotBefore waits in the application's outbox under UseRabbitMqWorkers: ask there, before it is due. What nobody should get is kept back by the suppression list.";

    private readonly SemaphoreSlim _reading = new(1);

    /// <remarks>Leases are those of this process; the broker does not tell who holds the others. What waits for a later time is counted over all streams, under a name of its own.</remarks>
    public async ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default)
    {
        List<OutboxDepth> depths = [];
        foreach (var stream in KnownStreams())
        {
            await Topology.DeclareAsync(stream, Connection, cancellationToken).ConfigureAwait(false);
            var waiting = await CountAsync(Topology.MailQueueOf(stream), cancellationToken).ConfigureAwait(false);
            var dead = await CountAsync(Topology.DeadQueueOf(stream), cancellationToken).ConfigureAwait(false);
            depths.Add(new OutboxDepth(stream, waiting, _held.Count(stream), dead, OldestDueAt: null));
        }

        var delayed = 0;
        foreach (var step in DelaySteps.All) delayed += await CountAsync(Topology.DelayOf(step), cancellationToken).ConfigureAwait(false);
        depths.Add(new OutboxDepth(Delayed, delayed, 0, 0, OldestDueAt: null));
        return depths;
    }

    /// <remarks>Messages that cannot be read are counted among the dead letters, and left out here: look at them with the broker's own tools.</remarks>
    public async IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var stream in KnownStreams())
        {
            List<OutboxEntry> entries = [];
            await SearchAsync(stream, found =>
            {
                if (TryRead(found, stream) is { } entry) entries.Add(entry);
                return Task.FromResult(false);
            }, cancellationToken).ConfigureAwait(false);
            foreach (var entry in entries) yield return entry;
        }
    }

    /// <exception cref="NotSupportedException">It is no dead letter; whether it waits cannot be found out.</exception>
    public async ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default)
    {
        OutboxEntry? entry = null;
        await SearchAsync(id, (found, stream) =>
        {
            entry = TryRead(found, stream);
            return Task.CompletedTask;
        }, isTaken: false, cancellationToken).ConfigureAwait(false);
        return entry ?? throw new NotSupportedException($"Mail {id} is no dead letter. {s_instead}");
    }

    public async ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default) =>
        await SearchAsync(id, async (found, stream) =>
        {
            var now = _time.GetUtcNow();
            var entry = MailFrame.Read(found.Body, stream);
            await PublishAsync(entry with { DueAt = now, AcceptedAt = now, Attempts = 0 }, cancellationToken).ConfigureAwait(false);
        }, isTaken: true, cancellationToken).ConfigureAwait(false);

    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"Mail {id} cannot be made due at another time. {s_instead}");

    /// <exception cref="NotSupportedException">It is no dead letter; whether it waits cannot be found out.</exception>
    public async ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default) =>
        await SearchAsync(id, static (_, _) => Task.CompletedTask, isTaken: true, cancellationToken).ConfigureAwait(false)
            ? true
            : throw new NotSupportedException($"Mail {id} is no dead letter. {s_instead}");

    private static OutboxEntry? TryRead(Delivery delivery, string streamName)
    {
        try
        {
            return MailFrame.Read(delivery.Body, streamName);
        }
        catch (Exception e) when (e is OutboxPayloadException or InvalidDataException)
        {
            return null; // its reason stands in the message, and was logged
        }
    }

    private IReadOnlyList<string> KnownStreams() => [.. _streams.Concat(_readers.Keys).Append("default").Distinct(StringComparer.OrdinalIgnoreCase)];

    private async Task<int> CountAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await Connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false)) return (int)await channel.MessageCountAsync(queue, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
        {
            Topology.Forget();
            throw BrokerErrors.Explain("Counting", e);
        }
    }

    private async Task<bool> SearchAsync(MailId id, Func<Delivery, string, Task> act, bool isTaken, CancellationToken cancellationToken)
    {
        var isFound = false;
        foreach (var stream in KnownStreams())
        {
            await SearchAsync(stream, async found =>
            {
                if (isFound || !string.Equals(found.Properties.MessageId, id.ToString(), StringComparison.OrdinalIgnoreCase)) return false;
                await act(found, stream).ConfigureAwait(false);
                isFound = true;
                return isTaken;
            }, cancellationToken).ConfigureAwait(false);
            if (isFound) break;
        }

        return isFound;
    }

    /// <summary>Shows every dead letter of a stream to somebody, who says whether it is to be removed.</summary>
    private async Task SearchAsync(string stream, Func<Delivery, Task<bool>> isDone, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new QueueReader(Connection);
        List<Delivery> seen = [];
        try
        {
            await Topology.DeclareAsync(stream, Connection, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Delivery> taken;
            do
            {
                taken = await reader.TakeAsync(Topology.DeadQueueOf(stream), ReadAtOnce, cancellationToken).ConfigureAwait(false);
                foreach (var delivery in taken)
                {
                    if (await isDone(delivery).ConfigureAwait(false)) await delivery.AckAsync().ConfigureAwait(false);
                    else seen.Add(delivery with { Body = default }); // large, and of no use any more
                }
            }
            while (taken.Count == ReadAtOnce);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerErrors.IsAway(e))
        {
            throw BrokerErrors.Explain($"Reading the dead letters of stream \"{stream}\"", e);
        }
        finally
        {
            foreach (var delivery in seen) await delivery.ReturnAsync().ConfigureAwait(false);
            if (seen.Count > 0) await FlushAsync(seen[0].Channel).ConfigureAwait(false);
            await reader.CloseAsync().ConfigureAwait(false);
            _reading.Release();
        }
    }
}
