using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>An outbox of quorum queues: what <see cref="AddAsync"/> returned for is on a majority of their replicas.</summary>
/// <remarks>
/// A queue is no database: it gives what is at its front, and knows no mail by its id. What follows from it is in the README, and each difference is a test that
/// overrides one of the outbox suite.
/// </remarks>
internal sealed partial class RabbitMqOutbox : IMailOutbox, IAsyncDisposable, IDisposable
{
    /// <summary>What a mail may gain on its way, such as its last failure: one that was taken must never become too large to be put back.</summary>
    private const int RoomToGrow = 16 * 1024;

    private readonly RabbitMqMailOptions _options;
    private readonly IEnumerable<string> _streams;
    private readonly TimeProvider _time;
    private readonly ILogger<RabbitMqOutbox> _logger;
    private readonly ConfirmedPublisher _publisher;
    private readonly HeldMails _held;
    private readonly RecentMails _recent = new();
    private readonly ConcurrentDictionary<string, QueueReader> _readers = new(StringComparer.Ordinal);

    public RabbitMqOutbox(IOptions<RabbitMqMailOptions> options, IOptions<TransactionalMailOptions> mail, TimeProvider time, ILogger<RabbitMqOutbox> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _streams = mail.Value.Streams.Keys;
        Topology = new Topology(_options);
        Connection = new BrokerConnection(_options, "worker");
        _publisher = new ConfirmedPublisher(_options, Topology);
        _held = new HeldMails(time);
    }

    public bool IsDurable => true;

    /// <summary>Gets the connection of everything but publishing.</summary>
    private BrokerConnection Connection { get; }

    private Topology Topology { get; }

    public async ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.DistinctBy(static e => e.Id).Count() < entries.Count) throw new ArgumentException("A mail is given twice.", nameof(entries));
        if (entries.Any(static e => e.Message.IdempotencyKey is not null))
        {
            throw new NotSupportedException("A queue cannot look an IdempotencyKey up. Enqueue into a database outbox, which can, and let UseRabbitMqWorkers carry the mail to the queue.");
        }

        // All are written first, so that one that is too large is refused before any is published.
        var frames = new byte[entries.Count][];
        for (var i = 0; i < frames.Length; i++) frames[i] = await WriteNewAsync(entries[i], cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(entries.Select((entry, i) => PublishAsync(entry, frames[i], cancellationToken))).ConfigureAwait(false);
        return [.. entries.Select(static e => e.Id)];
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = _readers.GetOrAdd(Topology.KeyOf(streamName), _ => new QueueReader(Connection));
        await reader.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        List<OutboxLease> leases = [];
        try
        {
            await Topology.DeclareAsync(streamName, Connection, cancellationToken).ConfigureAwait(false);
            foreach (var ended in _held.TakeEnded(streamName)) await ended.Delivery.ReturnAsync().ConfigureAwait(false);
            for (var isMore = true; isMore && leases.Count < count;)
            {
                var wanted = count - leases.Count;
                var taken = await reader.TakeAsync(Topology.MailQueueOf(streamName), wanted, cancellationToken).ConfigureAwait(false);
                var admitted = await Task.WhenAll(taken.Select(d => AdmitAsync(d, streamName, _time.GetUtcNow() + duration))).ConfigureAwait(false);
                leases.AddRange(admitted.Select(static a => a.Lease).OfType<OutboxLease>());
                isMore = taken.Count == wanted && admitted.All(static a => a.IsSettled) && !cancellationToken.IsCancellationRequested;
            }

            return leases;
        }
        catch (Exception e)
        {
            foreach (var held in leases.Select(_held.Find).OfType<HeldMail>())
            {
                _held.Remove(held);
                await held.Delivery.ReturnAsync().ConfigureAwait(false);
            }

            if (cancellationToken.IsCancellationRequested || !BrokerErrors.IsAway(e)) throw;
            Topology.Forget();
            throw BrokerErrors.Explain($"Taking mail of stream \"{streamName}\"", e);
        }
        finally
        {
            reader.Gate.Release();
        }
    }

    public ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        var until = _time.GetUtcNow() + duration;
        return ValueTask.FromResult<IReadOnlyList<OutboxLease>>([.. leases.Where(lease => !_held.Renew(lease, until))]);
    }

    public ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        SettleAsync(leases, isDone: true, lease =>
        {
            _recent.AddDone(lease.Entry);
            return Task.FromResult(false);
        });

    public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        SettleAsync(leases, isDone: false, async lease =>
        {
            await PublishAsync(lease.Entry, await WriteAsync(lease.Entry, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return true;
        });

    public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        SettleAsync(leases, isDone: false, async lease =>
        {
            var frame = await WriteAsync(lease.Entry, cancellationToken).ConfigureAwait(false);
            await _publisher.PublishAsync(Topology.Dead, lease.Entry.StreamName, MailMessage.Of(lease.Entry), frame, cancellationToken).ConfigureAwait(false);
            return true;
        });

    /// <summary>Publishes a mail, whatever its key, to its stream or into a delay.</summary>
    internal async Task PublishAsync(OutboxEntry entry, CancellationToken cancellationToken) =>
        await PublishAsync(entry, await WriteNewAsync(entry, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Publishes a mail as <see cref="PublishAsync(OutboxEntry, CancellationToken)"/> does, so that a refusal by the broker is certainly this mail's.</summary>
    /// <exception cref="EmailValidationException">The broker refuses it.</exception>
    internal async Task PublishAloneAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var frame = await WriteNewAsync(entry, cancellationToken).ConfigureAwait(false);
        await _publisher.PublishAloneAsync(TargetOf(entry), entry.StreamName, MailMessage.Of(entry), frame, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
        foreach (var reader in _readers.Values) reader.Dispose();
        Topology.Dispose();
        _reading.Dispose();
    }

    /// <summary>Closes where the container itself is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private ValueTask<byte[]> WriteNewAsync(OutboxEntry entry, CancellationToken cancellationToken) => MailFrame.WriteAsync(entry, _options.MaxMessageBytes - RoomToGrow, cancellationToken);

    private static ValueTask<byte[]> WriteAsync(OutboxEntry entry, CancellationToken cancellationToken) => MailFrame.WriteAsync(entry, int.MaxValue, cancellationToken);

    private Task PublishAsync(OutboxEntry entry, byte[] frame, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(TargetOf(entry), entry.StreamName, MailMessage.Of(entry), frame, cancellationToken);

    private string TargetOf(OutboxEntry entry)
    {
        var wait = entry.DueAt - _time.GetUtcNow();
        return wait > TimeSpan.Zero ? Topology.DelayOf(DelaySteps.For(wait)) : Topology.Mail;
    }

    /// <summary>Leases what is to be delivered now, and puts what is not where it belongs.</summary>
    /// <returns>The lease, if it became one, and whether the message is dealt with; else it is back in its queue.</returns>
    private async Task<(OutboxLease? Lease, bool IsSettled)> AdmitAsync(Delivery delivery, string streamName, DateTimeOffset until)
    {
        try
        {
            return (await ReadAsync(delivery, streamName).ConfigureAwait(false) is { } entry ? await HoldAsync(entry, delivery, until).ConfigureAwait(false) : null, true);
        }
        catch (RabbitMqUnavailableException e)
        {
            Log.NotPutAside(_logger, streamName, e.Message);
            await delivery.ReturnAsync().ConfigureAwait(false);
            return (null, false);
        }
    }

    private async Task<OutboxEntry?> ReadAsync(Delivery delivery, string streamName)
    {
        try
        {
            return MailFrame.Read(delivery.Body, streamName);
        }
        catch (Exception e) when (e is OutboxPayloadException or InvalidDataException)
        {
            await _publisher.PublishAsync(Topology.Dead, streamName, MailMessage.Unreadable(delivery.Properties, e.Message), delivery.Body, CancellationToken.None).ConfigureAwait(false);
            Log.Unreadable(_logger, delivery.Properties.MessageId, streamName, e.Message);
            await delivery.AckAsync().ConfigureAwait(false);
            return null;
        }
    }

    private async Task<OutboxLease?> HoldAsync(OutboxEntry entry, Delivery delivery, DateTimeOffset until)
    {
        if (_recent.Contains(entry, delivery.Copy))
        {
            Log.DroppedCopy(_logger, entry.Id, entry.StreamName);
            await delivery.AckAsync().ConfigureAwait(false);
            return null;
        }

        if (entry.DueAt > _time.GetUtcNow())
        {
            await _publisher.PublishAsync(TargetOf(entry), entry.StreamName, MailMessage.Again(delivery.Properties), delivery.Body, CancellationToken.None).ConfigureAwait(false);
            await delivery.AckAsync().ConfigureAwait(false);
            return null;
        }

        if (_held.Hold(entry, delivery, until) is { } lease) return lease;

        Log.DroppedCopy(_logger, entry.Id, entry.StreamName);
        await delivery.AckAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Does something with each mail that is held, and acknowledges its message.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="isDone">Whether the mails went out.</param>
    /// <param name="store">Stores what becomes of the mail. Returns whether another message replaces the one held: then the lease was worth it, even if the acknowledgement is lost.</param>
    private async ValueTask<IReadOnlyList<OutboxLease>> SettleAsync(IReadOnlyList<OutboxLease> leases, bool isDone, Func<OutboxLease, Task<bool>> store)
    {
        Task<(OutboxLease Lease, HeldMail? Held, bool IsReplaced, bool IsAcknowledged)>[] settling = [.. leases.Select(lease => SettleAsync(lease, isDone, store))];
        try
        {
            await Task.WhenAll(settling).ConfigureAwait(false);
        }
        catch
        {
            // The call is repeated for all of them, and what is stored already was not lost.
            foreach (var stored in settling.Where(static s => s.IsCompletedSuccessfully && s.Result.IsReplaced)) _held.RememberReplaced(stored.Result.Lease);
            throw;
        }

        var settled = settling.Select(static s => s.Result).ToArray();

        // The broker answers in order: with an answer, it has the acknowledgements before it.
        var channels = settled.Where(static s => s.IsAcknowledged).Select(static s => s.Held!.Delivery.Channel).Distinct().ToArray();
        var flushed = await Task.WhenAll(channels.Select(async channel => (channel, await FlushAsync(channel).ConfigureAwait(false)))).ConfigureAwait(false);
        var alive = flushed.Where(static f => f.Item2).Select(static f => f.channel).ToHashSet();
        return [.. settled.Where(s => !s.IsReplaced && !(s.IsAcknowledged && alive.Contains(s.Held!.Delivery.Channel))).Select(static s => s.Lease)];
    }

    private async Task<(OutboxLease Lease, HeldMail? Held, bool IsReplaced, bool IsAcknowledged)> SettleAsync(OutboxLease lease, bool isDone, Func<OutboxLease, Task<bool>> store)
    {
        if ((isDone ? _held.Find(lease) : _held.Settle(lease)) is not { } held) return (lease, null, _held.ForgetReplaced(lease), false);
        // Even where the message went back to the broker with its channel: a mail that is done and comes to us again is not sent again.
        bool isReplaced;
        try
        {
            isReplaced = (held.IsHeld || isDone) && await store(lease).ConfigureAwait(false);
        }
        catch
        {
            _held.Keep(held);
            throw;
        }

        if (isReplaced) _recent.AddReplaced(held.Delivery.Copy);
        _held.Remove(held);
        return (lease, held, isReplaced, await held.Delivery.AckAsync().ConfigureAwait(false));
    }

    private async Task<bool> FlushAsync(RabbitMQ.Client.IChannel channel)
    {
        try
        {
            await channel.ExchangeDeclarePassiveAsync(Topology.Mail, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (BrokerErrors.IsAway(e))
        {
            return false;
        }
    }
}
