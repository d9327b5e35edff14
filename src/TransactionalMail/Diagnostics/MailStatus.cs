using TransactionalMail.Delivery;
using TransactionalMail.Outbox;

namespace TransactionalMail.Diagnostics;

/// <summary>Reads the circuits and the outbox.</summary>
internal sealed class MailStatus(MailStreams streams, IMailOutbox outbox) : IMailStatus
{
    public IReadOnlyList<MailTransportStatus> GetTransports() => [.. streams.Transports.Select(static t => t.Status)];

    public ValueTask<IReadOnlyList<OutboxDepth>> GetQueuesAsync(CancellationToken cancellationToken = default) =>
        outbox is IOutboxAdmin admin ? admin.GetDepthsAsync(cancellationToken) : ValueTask.FromResult<IReadOnlyList<OutboxDepth>>([]);
}
