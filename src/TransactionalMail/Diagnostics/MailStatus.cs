using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Delivery;
using TransactionalMail.Outbox;

namespace TransactionalMail.Diagnostics;

/// <summary>Reads the circuits and the outbox; both outboxes where mail is carried from one to another.</summary>
internal sealed class MailStatus(MailStreams streams, IMailOutbox outbox, [FromKeyedServices(MailOutboxKeys.Delivery)] IMailOutbox leasedFrom) : IMailStatus
{
    public IReadOnlyList<MailTransportStatus> GetTransports() => [.. streams.Transports.Select(static t => t.Status)];

    public async ValueTask<IReadOnlyList<OutboxDepth>> GetQueuesAsync(CancellationToken cancellationToken = default)
    {
        var depths = await GetQueuesAsync(outbox, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(outbox, leasedFrom)) return depths;
        return [.. depths.Concat(await GetQueuesAsync(leasedFrom, cancellationToken).ConfigureAwait(false))
            .GroupBy(static d => d.StreamName, StringComparer.OrdinalIgnoreCase)
            .Select(static d => new OutboxDepth(d.Key, d.Sum(static x => x.Waiting), d.Sum(static x => x.InDelivery), d.Sum(static x => x.DeadLetters), d.Min(static x => x.OldestDueAt)))];
    }

    private static ValueTask<IReadOnlyList<OutboxDepth>> GetQueuesAsync(IMailOutbox outbox, CancellationToken cancellationToken) =>
        outbox is IOutboxAdmin admin ? admin.GetDepthsAsync(cancellationToken) : ValueTask.FromResult<IReadOnlyList<OutboxDepth>>([]);
}
