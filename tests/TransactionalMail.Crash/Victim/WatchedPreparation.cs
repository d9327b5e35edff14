namespace TransactionalMail.Crash.Victim;

/// <summary>The application's interceptor, the first place of an enqueued mail.</summary>
internal sealed class WatchedPreparation(Trap trap) : IMailInterceptor
{
    public ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken)
    {
        trap.Reach("prepare");
        return ValueTask.FromResult(message);
    }
}
