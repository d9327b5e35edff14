using System.Collections.Concurrent;

namespace TransactionalMail.Tests.Events;

/// <summary>A handler that stops at its first event until a test opens it, and remembers what it saw.</summary>
internal sealed class Gate : IMailEventHandler
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task;

    public ConcurrentQueue<MailEvent> Seen { get; } = new();

    public void Open() => _open.TrySetResult();

    public async ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        _entered.TrySetResult();
        await _open.Task;
        Seen.Enqueue(mailEvent);
    }
}
