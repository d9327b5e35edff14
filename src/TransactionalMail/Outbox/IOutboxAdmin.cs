namespace TransactionalMail.Outbox;

/// <summary>What people do with an outbox: look into it, cancel, and try again. Thread-safe.</summary>
public interface IOutboxAdmin
{
    /// <summary>Returns how full each stream's lane is; streams without an entry may be missing.</summary>
    ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the mail that was given up, oldest first.</summary>
    IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync(CancellationToken cancellationToken = default);

    /// <summary>Puts a mail that was given up back in line, due now, with its count of attempts and its age starting anew.</summary>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default);

    /// <summary>Removes a mail that waits or was given up.</summary>
    /// <returns>Whether it was removed; one that is being delivered is not.</returns>
    ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default);
}
