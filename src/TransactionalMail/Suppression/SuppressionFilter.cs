namespace TransactionalMail.Suppression;

/// <summary>Which entries to find; those that fit everything that is set.</summary>
public sealed record SuppressionFilter
{
    /// <summary>Gets the recipient, in any spelling (<see cref="SuppressionEntry.KeyOf"/>).</summary>
    public EmailAddress? Recipient { get; init; }

    /// <summary>Gets the reason.</summary>
    public SuppressionReason? Reason { get; init; }

    /// <summary>Gets the stream that entries are about, in any case; entries about every stream do not fit.</summary>
    public string? StreamName { get; init; }

    /// <summary>Gets the earliest <see cref="SuppressionEntry.Since"/>.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time before which it was.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Returns whether an entry fits.</summary>
    public bool Fits(SuppressionEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return (Recipient is null || string.Equals(SuppressionEntry.KeyOf(Recipient), SuppressionEntry.KeyOf(entry.Recipient), StringComparison.Ordinal))
            && (Reason is null || Reason == entry.Reason)
            && (StreamName is null || string.Equals(StreamName, entry.StreamName, StringComparison.OrdinalIgnoreCase))
            && (Since is null || entry.Since >= Since)
            && (Before is null || entry.Since < Before);
    }

    /// <summary>Returns which conditions are set, never the recipient.</summary>
    public override string ToString() => $"SuppressionFilter {{ Recipient: {(Recipient is null ? "any" : "set")}, Reason: {Reason}, StreamName: {StreamName}, Since: {Since:O}, Before: {Before:O} }}";
}
