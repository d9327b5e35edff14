namespace TransactionalMail.Outbox;

/// <summary>Keeps mail between <see cref="ITransactionalMailer.EnqueueAsync"/> and its delivery.</summary>
/// <remarks>
/// <para>Implementations are thread-safe singletons, and several processes may share one store.</para>
/// <para>
/// Who leases an entry owns it until the lease ends. Each lease has a fencing token that no earlier lease of the entry had; a call
/// with an older one changes nothing and is returned, so that a worker that was held up cannot undo what another has done since.
/// </para>
/// <para>Let exceptions escape: the mail then stays where it is, and the library tries again.</para>
/// </remarks>
public interface IMailOutbox
{
    /// <summary>Gets whether entries outlive the process.</summary>
    bool IsDurable { get; }

    /// <summary>Takes custody of mail, all entries or none. A full outbox makes the caller wait; nothing is ever dropped.</summary>
    /// <returns>
    /// The mail each entry stands for: itself, or the earlier one with its <see cref="EmailMessage.IdempotencyKey"/> and <see cref="OutboxEntry.ContentHash"/>,
    /// and then the entry is not added. Key and entry are stored together; a key is remembered for <see cref="TransactionalMailOptions.IdempotencyWindow"/>.
    /// </returns>
    /// <exception cref="ArgumentException">An entry's id is in the outbox already, or there are more entries than it can ever hold.</exception>
    /// <exception cref="IdempotencyConflictException">A key stands for a mail of other content.</exception>
    ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken);

    /// <summary>Leases up to <paramref name="count"/> entries of a stream that are due and not leased, those due first first.</summary>
    /// <param name="streamName">The stream, in any case.</param>
    /// <param name="count">How many entries at most.</param>
    /// <param name="duration">For how long they belong to the caller.</param>
    /// <param name="cancellationToken">Ends the call; no entry is leased then.</param>
    /// <returns>The leases; fewer than there are where the entries are large. None says that there are none, for now.</returns>
    ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Makes leases last <paramref name="duration"/> from now. Returns those that are no longer held.</summary>
    ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Removes entries that are done. Returns the leases that were no longer held.</summary>
    ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken);

    /// <summary>Ends leases and stores what their entries say now: who is left, when they are due. Returns the leases that were no longer held.</summary>
    ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken);

    /// <summary>Puts entries aside that will not be tried again by themselves; <see cref="IOutboxAdmin"/> shows them. Returns the leases that were no longer held.</summary>
    ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken);
}
