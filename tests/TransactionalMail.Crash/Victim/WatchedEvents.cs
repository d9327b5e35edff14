namespace TransactionalMail.Crash.Victim;

/// <summary>The application's handler of events, which is one more place to die in.</summary>
internal sealed class WatchedEvents(Trap trap) : IMailEventHandler
{
    public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        if (mailEvent is MailAccepted) trap.Reach("event:handler");
        return ValueTask.CompletedTask;
    }
}
