namespace TransactionalMail;

/// <summary>Takes events that somebody outside told: a webhook, a bounce that came by mail. A thread-safe singleton.</summary>
public interface IMailEventRecorder
{
    /// <summary>Stores events in audit and suppression list; handlers follow with those that were not told before.</summary>
    /// <param name="events">The events, in order. Stream and template are added where the audit knows the mail by then, and a time in the future becomes now.</param>
    /// <param name="cancellationToken">Ends the waiting, not the recording.</param>
    /// <returns>How many were new, when audit and suppression list have them.</returns>
    /// <remarks>An <see cref="IMailEventHandler"/> may record, too: it waits for the stores, not for handlers.</remarks>
    /// <exception cref="Webhooks.MailEventsNotStoredException">Audit or suppression list failed, or the events of too many mails wait already; record these again.</exception>
    ValueTask<int> RecordAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken = default);
}
