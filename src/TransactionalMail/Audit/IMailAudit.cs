namespace TransactionalMail;

/// <summary>The record of what happened to every mail, without any content. A thread-safe singleton; register one of your own to replace the one in memory.</summary>
/// <remarks>
/// The audit that comes with the library is for development and tests: it forgets when the process ends, and holds the last 10,000
/// events at most; beyond that it drops the oldest. <see cref="TransactionalMail.Audit.IAuditAdmin"/> is for people who ask it.
/// </remarks>
public interface IMailAudit
{
    /// <summary>Records events, in order and all or none of them.</summary>
    /// <param name="events">The events of one mail or several. One whose <see cref="MailEvent.EventId"/> is recorded already is ignored.</param>
    /// <param name="cancellationToken">Cancelled when the application ends before they are recorded.</param>
    /// <remarks>
    /// Called by one caller at a time, off the hot path. Let exceptions escape: they are logged and counted, and the events go on to
    /// suppression list and handlers; they are not offered again, so an implementation retries what is worth it.
    /// </remarks>
    /// <returns>The events that were not recorded before; only they are acted on where a provider tells the same again.</returns>
    ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken);

    /// <summary>Reads the history of a mail in the order of recording.</summary>
    /// <param name="mailId">The mail.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The events; none where the mail is not known.</returns>
    IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default);
}
