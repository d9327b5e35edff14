namespace TransactionalMail.Tests.Events;

/// <summary>A handler that does what a test says.</summary>
internal sealed class Handler(Func<MailEvent, ValueTask> handle) : IMailEventHandler
{
    public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken) => handle(mailEvent);
}
