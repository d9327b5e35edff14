namespace TransactionalMail.Idempotency;

/// <summary>Remembers which mail each <see cref="EmailMessage.IdempotencyKey"/> stands for. A thread-safe singleton; several processes may share one store.</summary>
/// <remarks>
/// <para>
/// A key is claimed before its mail is sent. Whoever holds it sends; the others wait until it is settled. A holder that says nothing more
/// loses it, and the next one sends the same mail, under the same identity.
/// </para>
/// <para>
/// An outbox does the same for mail that is enqueued, inside <see cref="Outbox.IMailOutbox.AddAsync"/>, and so that key and mail are
/// stored together or not at all. Let exceptions escape: a ledger that cannot be read stops the mail rather than sending it twice.
/// </para>
/// </remarks>
public interface IIdempotencyLedger
{
    /// <summary>Claims a key for a mail that is sent now, or keeps a claim of one's own for longer.</summary>
    /// <param name="claim">The claim wanted.</param>
    /// <param name="hold">How long it is held without another word; zero ends the hold and leaves the claim to whoever comes next.</param>
    /// <param name="cancellationToken">Cancels it; nothing is claimed then.</param>
    /// <returns>
    /// The claim that stands: this one, or an earlier one with the hash and the mail of that time. <see cref="IdempotencyClaim.State"/> is as
    /// the caller sees it. A claim of the same content whose hold has ended becomes the caller's; one of other content stays.
    /// </returns>
    ValueTask<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken = default);

    /// <summary>Stores the receipt of the mail, for everybody who calls with the key from now on.</summary>
    /// <param name="claim">The claim, held by the caller.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask SettleAsync(IdempotencyClaim claim, MailReceipt receipt, CancellationToken cancellationToken = default);

    /// <summary>Gives a key back whose mail was certainly not sent. Nothing happens where the caller does not hold it.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken = default);
}
