namespace TransactionalMail.Audit;

/// <summary>An audit for development and tests: it lives as long as the process, and drops the histories of the oldest mails when it is full.</summary>
internal sealed class InMemoryMailAudit : IMailAudit
{
    /// <summary>How many events it holds.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<MailId, List<MailEvent>> _histories = [];
    private readonly Queue<MailId> _oldestFirst = new();
    private int _count;

    public ValueTask AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            foreach (var mailEvent in events) Append(mailEvent);
        }

        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            MailEvent[] history = _histories.TryGetValue(mailId, out var recorded) ? [.. recorded] : [];
            return history.ToAsyncEnumerable();
        }
    }

    private void Append(MailEvent mailEvent)
    {
        if (!_histories.TryGetValue(mailEvent.MailId, out var history))
        {
            _histories[mailEvent.MailId] = history = [];
            _oldestFirst.Enqueue(mailEvent.MailId);
        }

        if (history.Exists(e => e.EventId == mailEvent.EventId)) return;
        history.Add(mailEvent);
        for (_count++; _count > Capacity;) DropOldest();
    }

    private void DropOldest()
    {
        _histories.Remove(_oldestFirst.Dequeue(), out var history);
        _count -= history!.Count;
    }
}
