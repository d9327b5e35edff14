namespace TransactionalMail.Tests.Outbox;

/// <summary>What somebody waits for, until it is disposed.</summary>
internal sealed class Blocked : IDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public void Dispose() => _ended.TrySetResult();
}
