using TransactionalMail.Outbox;

namespace TransactionalMail.Idempotency;

/// <summary>A ledger that lives as long as the process.</summary>
internal sealed class InMemoryIdempotencyLedger(TimeProvider time) : IIdempotencyLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _claims = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _expiries = new();

    public ValueTask<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (Find(claim.Key, now) is not { } standing) return ValueTask.FromResult(Keep(claim with { State = IdempotencyState.Held, Receipt = null }, now + hold));

            var known = standing.Claim;
            if (known.State is not IdempotencyState.Held) return ValueTask.FromResult(known);
            var isOurs = known.Owner == claim.Owner || (standing.Until <= now && string.Equals(known.ContentHash, claim.ContentHash, StringComparison.Ordinal));
            return ValueTask.FromResult(isOurs ? Keep(known with { Owner = claim.Owner, ExpiresAt = claim.ExpiresAt }, now + hold) : known with { State = IdempotencyState.Busy });
        }
    }

    public ValueTask SettleAsync(IdempotencyClaim claim, MailReceipt receipt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(receipt);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (IsHeldBy(claim)) Keep(claim with { State = IdempotencyState.Settled, Receipt = receipt }, default);
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (IsHeldBy(claim)) _claims.Remove(claim.Key);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Returns for each entry the mail that its key stands for, which is itself where the key is new or there is none. All keys or none are taken.</summary>
    /// <exception cref="IdempotencyConflictException">A key stands for other content.</exception>
    public IReadOnlyList<MailId> Enqueue(IReadOnlyList<OutboxEntry> entries, TimeSpan window)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Dictionary<string, IdempotencyClaim> taken = new(StringComparer.Ordinal);
            List<MailId> standing = [];
            foreach (var entry in entries)
            {
                standing.Add(entry.Message.IdempotencyKey is { } key ? Stand(key, entry) : entry.Id);
            }

            foreach (var claim in taken.Values) Keep(claim, default);
            return standing;

            MailId Stand(string key, OutboxEntry entry)
            {
                var claim = taken.GetValueOrDefault(key) ?? Find(key, now)?.Claim;
                if (claim is null) taken[key] = claim = IdempotencyClaim.OfEnqueued(entry, now, window);
                claim.ThrowIfOther(entry);
                return claim.MailId;
            }
        }
    }

    /// <summary>Gives back the key of a mail that somebody cancelled, so that it can be enqueued again.</summary>
    public void Forget(OutboxEntry entry)
    {
        if (entry.Message.IdempotencyKey is not { } key) return;
        lock (_lock)
        {
            if (_claims.TryGetValue(key, out var held) && held.Claim.MailId == entry.Id) _claims.Remove(key);
        }
    }

    private Held? Find(string key, DateTimeOffset now)
    {
        while (_expiries.TryPeek(out var oldest, out var expiry) && expiry <= now)
        {
            _expiries.Dequeue();
            if (_claims.TryGetValue(oldest, out var held) && held.Claim.ExpiresAt <= now) _claims.Remove(oldest);
        }

        return _claims.GetValueOrDefault(key);
    }

    private bool IsHeldBy(IdempotencyClaim claim) => _claims.TryGetValue(claim.Key, out var held) && held.Claim.State is IdempotencyState.Held && held.Claim.Owner == claim.Owner;

    private IdempotencyClaim Keep(IdempotencyClaim claim, DateTimeOffset until)
    {
        if (!_claims.TryGetValue(claim.Key, out var before) || before.Claim.ExpiresAt != claim.ExpiresAt) _expiries.Enqueue(claim.Key, claim.ExpiresAt);
        _claims[claim.Key] = new Held(claim, until);
        return claim;
    }

    private sealed record Held(IdempotencyClaim Claim, DateTimeOffset Until);
}
