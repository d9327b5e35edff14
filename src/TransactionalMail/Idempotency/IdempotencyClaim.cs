using TransactionalMail.Outbox;

namespace TransactionalMail.Idempotency;

/// <summary>What is known of an idempotency key. Immutable.</summary>
public sealed record IdempotencyClaim
{
    /// <summary>Gets the key, compared ordinally.</summary>
    public required string Key { get; init; }

    /// <summary>Gets the hash of the content it was first used with.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Gets the mail it stands for.</summary>
    public required MailId MailId { get; init; }

    /// <summary>Gets who made the claim; new for every call.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Gets when it may be forgotten.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Gets how things stand.</summary>
    /// <value>The default is <see cref="IdempotencyState.Held"/>.</value>
    public IdempotencyState State { get; init; }

    /// <summary>Gets the receipt, where it is <see cref="IdempotencyState.Settled"/>.</summary>
    public MailReceipt? Receipt { get; init; }

    /// <summary>Makes the claim of a mail that is enqueued.</summary>
    /// <param name="entry">The mail, which has an idempotency key.</param>
    /// <param name="now">The time.</param>
    /// <param name="window">For how long it is remembered, from now or from when the mail is due, whichever is later: until then the mail waits, and a copy would be one too many.</param>
    public static IdempotencyClaim OfEnqueued(OutboxEntry entry, DateTimeOffset now, TimeSpan window)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var from = entry.DueAt > now ? entry.DueAt : now;
        return new IdempotencyClaim
        {
            Key = entry.Message.IdempotencyKey ?? throw new ArgumentException("The mail has no idempotency key.", nameof(entry)),
            ContentHash = entry.ContentHash ?? throw new ArgumentException("A mail with an idempotency key has a ContentHash.", nameof(entry)),
            MailId = entry.Id,
            Owner = Guid.Empty,
            ExpiresAt = from < DateTimeOffset.MaxValue - window ? from + window : DateTimeOffset.MaxValue,
            State = IdempotencyState.Enqueued,
        };
    }

    /// <summary>Checks that a mail to be enqueued under this key is the one the key stands for.</summary>
    /// <param name="entry">The mail.</param>
    /// <exception cref="IdempotencyConflictException">It has other content, or the first one is not certain to have gone out.</exception>
    public void ThrowIfOther(OutboxEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (!string.Equals(ContentHash, entry.ContentHash, StringComparison.Ordinal)) throw new IdempotencyConflictException(MailId);
        if (State is IdempotencyState.Settled or IdempotencyState.Enqueued) return;
        throw new IdempotencyConflictException(MailId, $"Mail {MailId} is being sent under the same idempotency key, and may yet fail. Call SendAsync again, which waits for it, or enqueue under another key.");
    }

    /// <summary>Returns mail and state, never the key: applications put names into it.</summary>
    public override string ToString() => $"IdempotencyClaim {{ MailId: {MailId}, State: {State} }}";
}
