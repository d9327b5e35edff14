namespace TransactionalMail.Outbox;

/// <summary>What people do with an outbox: look into it, cancel, and try again. Thread-safe.</summary>
public interface IOutboxAdmin
{
    /// <summary>Returns how full each stream's lane is; streams without an entry may be missing.</summary>
    ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the mail that was given up, oldest first.</summary>
    IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync(CancellationToken cancellationToken = default);

    /// <summary>Finds a mail that waits, is being delivered, was given up, or is kept after it was sent.</summary>
    /// <returns>The mail, or <see langword="null"/> where it is done and not kept, or was never there.</returns>
    ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default);

    /// <summary>Puts a mail that was given up back in line, due now, with its count of attempts and its age starting anew.</summary>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default);

    /// <summary>Makes a mail that waits due at another time.</summary>
    /// <param name="id">The mail.</param>
    /// <param name="notBefore">Its new <see cref="EmailMessage.NotBefore"/>; its age and its Date count from there where that is later than its acceptance.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was changed; one that is being delivered, was given up, or cannot be read now is not.</returns>
    ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default);

    /// <summary>Removes a mail that waits or was given up, and gives its <see cref="EmailMessage.IdempotencyKey"/> back.</summary>
    /// <returns>Whether it was removed; one that is being delivered is not.</returns>
    ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default);
}
