namespace TransactionalMail;

/// <summary>Tells how sending is doing, for health checks and pages. A thread-safe singleton.</summary>
public interface IMailStatus
{
    /// <summary>Gets every transport, whether it is used or left alone at the moment.</summary>
    IReadOnlyList<MailTransportStatus> GetTransports();

    /// <summary>Returns how full each stream's lane is.</summary>
    /// <returns>Nothing where the outbox cannot tell.</returns>
    ValueTask<IReadOnlyList<Outbox.OutboxDepth>> GetQueuesAsync(CancellationToken cancellationToken = default);
}
