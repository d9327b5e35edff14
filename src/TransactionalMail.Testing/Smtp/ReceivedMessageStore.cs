namespace TransactionalMail.Testing.Smtp;

/// <summary>Counts and keeps received messages, and wakes those who wait for a number of them.</summary>
internal sealed class ReceivedMessageStore(bool retain)
{
    private readonly Lock _lock = new();
    private readonly List<ReceivedMessage> _messages = [];
    private readonly List<Waiter> _waiters = [];
    private int _count;
    private bool _isClosed;

    public int Count => Volatile.Read(ref _count);

    public IReadOnlyList<ReceivedMessage> Snapshot()
    {
        lock (_lock) return [.. _messages];
    }

    public void Add(ReceivedMessage message)
    {
        lock (_lock)
        {
            _count++;
            if (retain) _messages.Add(message);
            foreach (var waiter in _waiters)
            {
                if (waiter.Count <= _count) waiter.Arrival.TrySetResult();
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _count = 0;
            _messages.Clear();
        }
    }

    /// <summary>Ends every wait, since nothing more will come.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var waiter in _waiters) waiter.Arrival.TrySetException(new ObjectDisposedException(nameof(LocalSmtpServer)));
        }
    }

    public async Task WaitAsync(int count, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            if (_count >= count) return;
            ObjectDisposedException.ThrowIf(_isClosed, typeof(LocalSmtpServer));
            _waiters.Add(waiter);
        }

        try
        {
            await waiter.Arrival.Task.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _waiters.Remove(waiter);
        }
    }

    private sealed record Waiter(int Count, TaskCompletionSource Arrival);
}
