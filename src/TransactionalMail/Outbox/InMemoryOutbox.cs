using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using TransactionalMail.Idempotency;

namespace TransactionalMail.Outbox;

/// <summary>An outbox in this process's memory: bounded, and gone when the process ends. It remembers as many dead letters as it holds mails.</summary>
/// <remarks>It needs no disposal: a container would do that before what is in hand is finished, whenever somebody asked for it by another of its names later than the engine.</remarks>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to release.
internal sealed class InMemoryOutbox : IMailOutbox, IOutboxAdmin
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly InMemoryIdempotencyLedger _ledger;
    private readonly TimeSpan _window;
    private readonly SemaphoreSlim _slots;
    private readonly SemaphoreSlim _adding = new(1);
    private readonly CancellationTokenSource _closed = new();
    private readonly Dictionary<MailId, Held> _held = [];
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.OrdinalIgnoreCase);
    private readonly OrderedDictionary<MailId, OutboxEntry> _dead = [];
    private long _clock;

    public InMemoryOutbox(InMemoryIdempotencyLedger ledger, IOptions<TransactionalMailOptions> options, TimeProvider time)
    {
        _ledger = ledger;
        _window = options.Value.IdempotencyWindow;
        _capacity = options.Value.Outbox.Capacity;
        _time = time;
        _slots = new SemaphoreSlim(_capacity);
    }

    public bool IsDurable => false;

    public async ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.DistinctBy(static e => e.Id).Count() < entries.Count) throw new ArgumentException("A mail is there twice.", nameof(entries));
        if (entries.Count > _capacity) throw new ArgumentException($"The outbox holds {_capacity} mails, and {entries.Count} were given at once. Add fewer, or raise Outbox:Capacity.", nameof(entries));
        await ReserveAsync(entries.Count, cancellationToken).ConfigureAwait(false);
        var added = 0;
        try
        {
            lock (_lock)
            {
                if (_closed.IsCancellationRequested) throw Closed();
                if (entries.FirstOrDefault(e => _held.ContainsKey(e.Id) || _dead.ContainsKey(e.Id)) is { } known) throw new ArgumentException($"Mail {known.Id} is in the outbox already.", nameof(entries));
                var standing = _ledger.Enqueue(entries, _window);
                foreach (var entry in entries.Where((e, i) => e.Id == standing[i]))
                {
                    Queue(entry);
                    added++;
                }

                return standing;
            }
        }
        finally
        {
            if (added < entries.Count) _slots.Release(entries.Count - added);
        }
    }

    public ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var leases = new List<OutboxLease>();
        lock (_lock)
        {
            if (!_lanes.TryGetValue(streamName, out var lane)) return ValueTask.FromResult<IReadOnlyList<OutboxLease>>(leases);

            var now = _time.GetUtcNow();
            EndLeases(lane, now);
            while (leases.Count < count && lane.Waiting.Count > 0 && lane.Waiting.Min is var next && next.DueAt <= now)
            {
                lane.Waiting.Remove(next);
                var id = new MailId(next.Id);
                var entry = _held[id].Entry;
                var token = ++_clock;
                _held[id] = new Held(entry, token, IsLeased: true, now + duration);
                lane.Lease(id, now + duration);
                leases.Add(new OutboxLease(entry, token));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<OutboxLease>>(leases);
    }

    public ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        ForEachHeld(leases, (lease, held) =>
        {
            var until = _time.GetUtcNow() + duration;
            _held[lease.Entry.Id] = held with { LeasedUntil = until };
            LaneOf(lease.Entry.StreamName).Lease(lease.Entry.Id, until);
        });

    public ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        ForEachHeld(leases, (lease, _) => Remove(lease.Entry.Id));

    public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        ForEachHeld(leases, (lease, held) =>
        {
            Withdraw(held);
            Queue(lease.Entry);
        });

    public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) =>
        ForEachHeld(leases, (lease, _) =>
        {
            Remove(lease.Entry.Id);
            if (_dead.Count == _capacity) _dead.RemoveAt(0);
            _dead.Add(lease.Entry.Id, lease.Entry);
        });

    public ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            foreach (var lane in _lanes.Values) EndLeases(lane, now);
            return ValueTask.FromResult<IReadOnlyList<OutboxDepth>>([.. _lanes.Keys.Select(name => DepthOf(name, now))]);
        }
    }

    public async IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        OutboxEntry[] dead;
        lock (_lock) dead = [.. _dead.Values];
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var entry in dead) yield return entry;
    }

    public async ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default)
    {
        await ReserveAsync(1, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_dead.Remove(id, out var entry))
            {
                _slots.Release();
                return false;
            }

            var now = _time.GetUtcNow();
            Queue(entry with { DueAt = now, AcceptedAt = now, Attempts = 0 });
            return true;
        }
    }

    public ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default)
    {
        lock (_lock) return ValueTask.FromResult(_held.TryGetValue(id, out var held) ? held.Entry : _dead.GetValueOrDefault(id));
    }

    public ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(id, out var held) || (held.IsLeased && held.LeasedUntil > _time.GetUtcNow())) return ValueTask.FromResult(false);
            Withdraw(held);
            Queue(held.Entry.PutOff(notBefore));
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_dead.Remove(id, out var entry))
            {
                _ledger.Forget(entry);
                return ValueTask.FromResult(true);
            }

            if (!_held.TryGetValue(id, out var held) || (held.IsLeased && held.LeasedUntil > _time.GetUtcNow())) return ValueTask.FromResult(false);
            Remove(id);
            _ledger.Forget(held.Entry);
            return ValueTask.FromResult(true);
        }
    }

    /// <summary>Takes no more mail, and lets those go who wait for room: nobody would deliver what came after the last look.</summary>
    public void Close() => _closed.Cancel();

    /// <summary>Takes all slots or none; one caller at a time, so that two cannot wait for what the other has taken.</summary>
    private async ValueTask ReserveAsync(int count, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        var reserved = 0;
        try
        {
            await _adding.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                for (; reserved < count; reserved++) await _slots.WaitAsync(either.Token).ConfigureAwait(false);
            }
            finally
            {
                _adding.Release();
            }
        }
        catch (OperationCanceledException)
        {
            if (reserved > 0) _slots.Release(reserved);
            cancellationToken.ThrowIfCancellationRequested();
            throw Closed();
        }
    }

    /// <summary>Makes the error of whoever comes too late.</summary>
    public static InvalidOperationException Closed() => new("The application is stopping, and mail enqueued now would not be delivered by it.");

    private ValueTask<IReadOnlyList<OutboxLease>> ForEachHeld(IReadOnlyList<OutboxLease> leases, Action<OutboxLease, Held> act)
    {
        var lost = new List<OutboxLease>();
        lock (_lock)
        {
            foreach (var lease in leases)
            {
                if (_held.TryGetValue(lease.Entry.Id, out var held) && held.IsLeased && held.Version == lease.Token) act(lease, held);
                else lost.Add(lease);
            }
        }

        return ValueTask.FromResult<IReadOnlyList<OutboxLease>>(lost);
    }

    private void Queue(OutboxEntry entry)
    {
        var held = new Held(entry, ++_clock, IsLeased: false, default);
        _held[entry.Id] = held;
        LaneOf(entry.StreamName).Waiting.Add(held.Ticket);
    }

    private void Remove(MailId id)
    {
        if (!_held.Remove(id, out var held)) return;
        Withdraw(held);
        _slots.Release();
    }

    /// <summary>Takes an entry out of its lane, where it waits or is leased.</summary>
    private void Withdraw(Held held)
    {
        var lane = LaneOf(held.Entry.StreamName);
        lane.Waiting.Remove(held.Ticket);
        lane.Leased.Remove(held.Entry.Id);
    }

    private void EndLeases(Lane lane, DateTimeOffset now)
    {
        if (now < lane.NoneEndsBefore) return;

        lane.NoneEndsBefore = DateTimeOffset.MaxValue;
        foreach (var id in lane.Leased.ToArray())
        {
            var held = _held[id];
            if (held.LeasedUntil > now)
            {
                lane.Lease(id, held.LeasedUntil);
                continue;
            }

            lane.Leased.Remove(id);
            Queue(held.Entry);
        }
    }

    private Lane LaneOf(string streamName)
    {
        if (!_lanes.TryGetValue(streamName, out var lane)) _lanes[streamName] = lane = new Lane();
        return lane;
    }

    private OutboxDepth DepthOf(string name, DateTimeOffset now)
    {
        var entries = _held.Values.Where(h => string.Equals(h.Entry.StreamName, name, StringComparison.OrdinalIgnoreCase)).ToArray();
        var due = entries.Where(h => !h.IsLeased && h.Entry.DueAt <= now).Select(static h => h.Entry.DueAt).ToArray();
        return new OutboxDepth(
            name,
            entries.Count(static h => !h.IsLeased),
            entries.Count(static h => h.IsLeased),
            _dead.Values.Count(d => string.Equals(d.StreamName, name, StringComparison.OrdinalIgnoreCase)),
            due.Length == 0 ? null : due.Min());
    }

    /// <summary>An entry as it stands. Its version changes whenever it moves.</summary>
    private sealed record Held(OutboxEntry Entry, long Version, bool IsLeased, DateTimeOffset LeasedUntil)
    {
        /// <summary>Gets its place among those that wait.</summary>
        public (DateTimeOffset DueAt, long Version, Guid Id) Ticket => (Entry.DueAt, Version, Entry.Id.Value);
    }

    /// <summary>What belongs to one stream.</summary>
    private sealed class Lane
    {
        /// <summary>Gets the tickets of waiting entries in order of due time, then of arrival.</summary>
        public SortedSet<(DateTimeOffset DueAt, long Version, Guid Id)> Waiting { get; } = [];

        public HashSet<MailId> Leased { get; } = [];

        /// <summary>Gets or sets a time before which no lease needs looking at.</summary>
        public DateTimeOffset NoneEndsBefore { get; set; } = DateTimeOffset.MaxValue;

        public void Lease(MailId id, DateTimeOffset until)
        {
            Leased.Add(id);
            if (until < NoneEndsBefore) NoneEndsBefore = until;
        }
    }
}
