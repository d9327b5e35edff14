namespace TransactionalMail.Soak;

/// <summary>Counts what the application is told: one event for each recipient a relay took the mail for.</summary>
internal sealed class AcceptedCounter : IMailEventHandler
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        if (mailEvent is MailAccepted) Interlocked.Increment(ref _count);
        return ValueTask.CompletedTask;
    }
}
