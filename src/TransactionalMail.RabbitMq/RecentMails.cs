namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Remembers what this process has finished lately, so that a second copy of it is not sent. Thread-safe.</summary>
/// <remarks>It forgets the oldest of 65,536, and everything with the process; another process never knew. So it makes duplicates rare, and does not rule them out.</remarks>
internal sealed class RecentMails
{
    private const int Capacity = 65_536;

    private readonly Lock _lock = new();
    private readonly HashSet<object> _known = [];
    private readonly Queue<object> _oldest = new();

    /// <summary>Remembers that a mail is done, whichever message carried it. One that a person retries is accepted anew, and is another.</summary>
    public void AddDone(OutboxEntry entry) => Add(DoneOf(entry));

    /// <summary>Remembers that a message was replaced by a later one of its mail.</summary>
    public void AddReplaced(string? copy)
    {
        if (copy is not null) Add(copy);
    }

    /// <summary>Returns whether a message needs no delivery any more.</summary>
    public bool Contains(OutboxEntry entry, string? copy)
    {
        lock (_lock) return _known.Contains(DoneOf(entry)) || (copy is not null && _known.Contains(copy));
    }

    private static object DoneOf(OutboxEntry entry) => (entry.Id, entry.AcceptedAt);

    private void Add(object key)
    {
        lock (_lock)
        {
            if (!_known.Add(key)) return;
            _oldest.Enqueue(key);
            if (_oldest.Count > Capacity) _known.Remove(_oldest.Dequeue());
        }
    }
}
