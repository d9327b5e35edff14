using System.Collections.Concurrent;

namespace TransactionalMail.Suppression;

/// <summary>A list that lives as long as the process.</summary>
internal sealed class InMemorySuppressionList : ISuppressionList
{
    // Providers report recipients in lower case, so the local part's case, which EmailAddress heeds, must not let mail through.
    private readonly ConcurrentDictionary<string, SuppressionEntry[]> _entries = new(StringComparer.OrdinalIgnoreCase);

    public ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        ArgumentNullException.ThrowIfNull(streamName);
        cancellationToken.ThrowIfCancellationRequested();
        List<SuppressionEntry> found = [];
        foreach (var recipient in recipients)
        {
            if (!_entries.TryGetValue(recipient.SmtpAddress, out var entries)) continue;
            found.AddRange(entries.Where(e => e.StreamName is null || IsSameStream(e.StreamName, streamName)).Select(e => e with { Recipient = recipient }));
        }

        return ValueTask.FromResult<IReadOnlyList<SuppressionEntry>>(found);
    }

    public ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        cancellationToken.ThrowIfCancellationRequested();
        _entries.AddOrUpdate(
            entry.Recipient.SmtpAddress,
            [entry],
            (_, old) => Array.Exists(old, e => e.Reason == entry.Reason && IsSameStream(e.StreamName, entry.StreamName)) ? old : [.. old, entry]);
        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        cancellationToken.ThrowIfCancellationRequested();
        var left = _entries.AddOrUpdate(
            recipient.SmtpAddress,
            [],
            (_, old) => [.. old.Where(e => e.Reason != reason || !IsSameStream(e.StreamName, streamName))]);
        if (left.Length == 0) _entries.TryRemove(new(recipient.SmtpAddress, left));
        return ValueTask.CompletedTask;
    }

    private static bool IsSameStream(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
