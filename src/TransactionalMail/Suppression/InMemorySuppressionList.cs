namespace TransactionalMail.Suppression;

/// <summary>A list that lives as long as the process.</summary>
internal sealed class InMemorySuppressionList : ISuppressionList, ISuppressionAdmin
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SuppressionEntry>> _entries = new(StringComparer.Ordinal);

    public ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        ArgumentNullException.ThrowIfNull(streamName);
        cancellationToken.ThrowIfCancellationRequested();
        List<SuppressionEntry> found = [];
        lock (_lock)
        {
            foreach (var recipient in recipients)
            {
                if (!_entries.TryGetValue(SuppressionEntry.KeyOf(recipient), out var entries)) continue;
                found.AddRange(entries.Where(e => e.StreamName is null || IsSameStream(e.StreamName, streamName)).Select(e => e with { Recipient = recipient }));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<SuppressionEntry>>(found);
    }

    public IAsyncEnumerable<SuppressionEntry> FindAsync(SuppressionFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return _entries.Values.SelectMany(static e => e).Where(filter.Fits).OrderBy(static e => e.Since).ToArray().ToAsyncEnumerable();
    }

    public ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) Add(entry);
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ImportAsync(IReadOnlyCollection<SuppressionEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Contains(null!)) throw new ArgumentException("An entry is null.", nameof(entries));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return ValueTask.FromResult(entries.Count(Add));
    }

    public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        cancellationToken.ThrowIfCancellationRequested();
        var key = SuppressionEntry.KeyOf(recipient);
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entries)) return ValueTask.CompletedTask;
            entries.RemoveAll(e => e.Reason == reason && IsSameStream(e.StreamName, streamName));
            if (entries.Count == 0) _entries.Remove(key);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ClearAsync(EmailAddress recipient, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return ValueTask.FromResult(_entries.Remove(SuppressionEntry.KeyOf(recipient), out var entries) ? entries.Count : 0);
    }

    /// <summary>Adds an entry unless there is one like it. Returns whether it did.</summary>
    private bool Add(SuppressionEntry entry)
    {
        var key = SuppressionEntry.KeyOf(entry.Recipient);
        if (!_entries.TryGetValue(key, out var entries)) _entries[key] = entries = [];
        if (entries.Exists(e => e.Reason == entry.Reason && IsSameStream(e.StreamName, entry.StreamName))) return false;
        entries.Add(entry);
        return true;
    }

    private static bool IsSameStream(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
