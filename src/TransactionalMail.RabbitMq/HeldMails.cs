namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>What this process has leased. Thread-safe.</summary>
/// <remarks>
/// The fence is the channel: the broker takes an acknowledgement from no other, and a channel that ended took its leases along. The token finds the message;
/// it counts in time, so that a later lease has a greater one in another process, too, so far as clocks agree.
/// </remarks>
internal sealed class HeldMails(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, HeldMail> _held = [];
    private readonly Dictionary<MailId, long> _tokens = [];
    private readonly HashSet<long> _replaced = [];
    private long _lastToken;

    /// <summary>Leases a mail, or returns <see langword="null"/> where another message of it is leased here already.</summary>
    public OutboxLease? Hold(OutboxEntry entry, Delivery delivery, DateTimeOffset until)
    {
        lock (_lock)
        {
            if (_tokens.TryGetValue(entry.Id, out var known))
            {
                var before = _held[known];
                if (before is { IsHeld: true, IsSettling: false }) return null;
                if (!before.IsHeld) _held.Remove(known);
            }

            _lastToken = Math.Max(_lastToken + 1, time.GetUtcNow().UtcTicks);
            var lease = new OutboxLease(entry, _lastToken);
            _held[lease.Token] = new HeldMail(lease, delivery, until);
            _tokens[entry.Id] = lease.Token;
            return lease;
        }
    }

    /// <summary>Finds what belongs to a lease, held or lost with its channel.</summary>
    public HeldMail? Find(OutboxLease lease)
    {
        lock (_lock) return _held.TryGetValue(lease.Token, out var held) && held.Lease.Entry.Id == lease.Entry.Id ? held : null;
    }

    /// <summary>Makes a lease last. Returns whether it is held.</summary>
    public bool Renew(OutboxLease lease, DateTimeOffset until)
    {
        lock (_lock)
        {
            if (Find(lease) is not { IsHeld: true } held) return false;
            _held[lease.Token] = held with { Until = until };
            return true;
        }
    }

    /// <summary>Finds what belongs to a lease, and lets another message of the mail in: the one that replaces it may be here before we hear that it is stored.</summary>
    public HeldMail? Settle(OutboxLease lease)
    {
        lock (_lock) return Find(lease) is { } held ? _held[lease.Token] = held with { IsSettling = true } : null;
    }

    /// <summary>Keeps a lease, because what becomes of its mail could not be stored.</summary>
    public void Keep(HeldMail held)
    {
        lock (_lock)
        {
            if (Find(held.Lease) is { } settling) _held[held.Lease.Token] = settling with { IsSettling = false };
        }
    }

    public void Remove(HeldMail held)
    {
        lock (_lock)
        {
            _held.Remove(held.Lease.Token);
            if (_tokens.TryGetValue(held.Lease.Entry.Id, out var token) && token == held.Lease.Token) _tokens.Remove(held.Lease.Entry.Id);
        }
    }

    /// <summary>Remembers a lease whose mail was stored by a call that failed for other mails, and will be made again.</summary>
    public void RememberReplaced(OutboxLease lease)
    {
        lock (_lock) _replaced.Add(lease.Token);
    }

    /// <summary>Returns whether a lease was remembered, once.</summary>
    public bool ForgetReplaced(OutboxLease lease)
    {
        lock (_lock) return _replaced.Remove(lease.Token);
    }

    /// <summary>Removes and returns the leases of a stream that nobody renewed and nobody is settling.</summary>
    public IReadOnlyList<HeldMail> TakeEnded(string streamName)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            HeldMail[] ended = [.. _held.Values.Where(h => h.Until <= now && !h.IsSettling && IsOf(h, streamName))];
            foreach (var held in ended) Remove(held);
            return ended;
        }
    }

    /// <summary>Returns how many mails of a stream are leased here.</summary>
    public int Count(string streamName)
    {
        lock (_lock) return _held.Values.Count(h => h.IsHeld && IsOf(h, streamName));
    }

    private static bool IsOf(HeldMail held, string streamName) => string.Equals(held.Lease.Entry.StreamName, streamName, StringComparison.OrdinalIgnoreCase);
}
