namespace TransactionalMail.Crash.Victim;

/// <summary>The library's suppression list, with the trap around the question.</summary>
internal sealed class WatchedSuppressionList(ISuppressionList list, Trap trap) : ISuppressionList
{
    public async ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default)
    {
        trap.Reach("suppression:before");
        var found = await list.FindAsync(recipients, streamName, cancellationToken);
        trap.Reach("suppression:after");
        return found;
    }

    public ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default) => list.AddAsync(entry, cancellationToken);

    public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default) =>
        list.RemoveAsync(recipient, reason, streamName, cancellationToken);
}
