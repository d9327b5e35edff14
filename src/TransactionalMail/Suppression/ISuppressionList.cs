namespace TransactionalMail;

/// <summary>Whom nothing is sent to. A thread-safe singleton; register one of your own to replace the one in memory.</summary>
/// <remarks>
/// <para>
/// Delivery asks it before every attempt; hard bounces, complaints and unsubscribes are added as their events arrive. The list that
/// comes with the library forgets when the process ends. <see cref="TransactionalMail.Suppression.ISuppressionAdmin"/> is for people.
/// </para>
/// <para>
/// For implementers: recipients are the same where <see cref="SuppressionEntry.KeyOf"/> is, and streams whatever the case of their
/// names. Let exceptions escape: a list that cannot be read stops the mail rather than sending it to somebody who
/// must not get it.
/// </para>
/// </remarks>
public interface ISuppressionList
{
    /// <summary>Finds every entry of some recipients that counts for a stream: those of the stream and those of every stream.</summary>
    /// <param name="recipients">The recipients.</param>
    /// <param name="streamName">The stream.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <returns>Entries in no order, each with its <see cref="SuppressionEntry.Recipient"/> as it stands in <paramref name="recipients"/>; none means that the mail may go out.</returns>
    ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default);

    /// <summary>Adds an entry. One of the same recipient, reason and stream that is there already stays as it is, with its date.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Removes the entry of this recipient, reason and stream, and no other; none is fine.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="streamName">The stream it is about; <see langword="null"/> is the one about every stream.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default);
}
