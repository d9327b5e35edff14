using TransactionalMail.Outbox;

namespace TransactionalMail.Crash.Victim;

/// <summary>The outbox of the library, with the trap before and after each call.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="trap">The trap.</param>
/// <param name="journal">Where marks are written.</param>
/// <param name="marking">Is told of each mail before it is marked.</param>
internal sealed class WatchedOutbox(IMailOutbox outbox, Trap trap, Journal journal, Action<OutboxEntry>? marking = null) : IMailOutbox, IOutboxAdmin
{
    private readonly IOutboxAdmin _admin = (IOutboxAdmin)outbox;

    public bool IsDurable => outbox.IsDurable;

    public async ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        trap.Reach("add:called");
        var standing = await outbox.AddAsync(entries, cancellationToken);
        trap.Reach("add:returned");
        return standing;
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        var leases = await Doing.AsAsync("claim", trap, () => outbox.LeaseAsync(streamName, count, duration, cancellationToken));
        if (leases.Count > 0) trap.Reach("claim:returned");
        return leases;
    }

    public ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        Doing.AsAsync("renew", trap, () => outbox.RenewAsync(leases, duration, cancellationToken));

    public async ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases) marking?.Invoke(lease.Entry);
        var lost = await Doing.AsAsync("mark", trap, () => outbox.CompleteAsync(leases, cancellationToken));
        foreach (var lease in leases.Except(lost)) journal.Marked(Letter.Of(lease.Entry.Message), lease.Entry.Id);
        trap.Reach("mark:returned");
        return lost;
    }

    public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        Doing.AsAsync("reschedule", trap, () => outbox.RescheduleAsync(leases, cancellationToken));

    public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        Doing.AsAsync("dead-letter", trap, () => outbox.DeadLetterAsync(leases, cancellationToken));

    public ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default) => _admin.GetDepthsAsync(cancellationToken);

    public IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync(CancellationToken cancellationToken = default) => _admin.ReadDeadLettersAsync(cancellationToken);

    public ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default) => _admin.FindAsync(id, cancellationToken);

    public ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default) => _admin.RetryAsync(id, cancellationToken);

    public ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default) => _admin.RescheduleAsync(id, notBefore, cancellationToken);

    public ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default) => _admin.CancelAsync(id, cancellationToken);
}
