namespace TransactionalMail.Crash.Victim;

/// <summary>The library's audit, with the trap before what happened is written down.</summary>
internal sealed class WatchedAudit(IMailAudit audit, Trap trap) : IMailAudit
{
    public ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
    {
        trap.Reach("event:audit");
        return audit.AppendAsync(events, cancellationToken);
    }

    public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) => audit.ReadAsync(mailId, cancellationToken);
}
