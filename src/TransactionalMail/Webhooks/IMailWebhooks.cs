namespace TransactionalMail.Webhooks;

/// <summary>Takes what providers report, for whatever receives their requests: <c>MapMailWebhooks</c> of TransactionalMail.AspNetCore, a function, a queue. A thread-safe singleton.</summary>
public interface IMailWebhooks
{
    /// <summary>Gets the names of the transports that have a webhook: those whose options hold what proves a request.</summary>
    IReadOnlyCollection<string> TransportNames { get; }

    /// <summary>Proves a request, and records its events: audit, suppression list, handlers, in that order.</summary>
    /// <param name="transportName">The transport whose provider sent it.</param>
    /// <param name="request">The request as it came.</param>
    /// <param name="cancellationToken">Cancelled when the caller has gone.</param>
    /// <returns>How many events were new; those told before are left out.</returns>
    /// <remarks>It returns when audit and suppression list have the events; the handlers follow, and one that fails is logged and stops nobody.</remarks>
    /// <exception cref="MailWebhookException">The request is refused; answer with the number of its <see cref="MailWebhookException.Refusal"/>.</exception>
    /// <exception cref="KeyNotFoundException">There is no such transport, or it has no webhook.</exception>
    /// <exception cref="MailEventsNotStoredException">Audit or suppression list could not store the events, or too many wait already; answer 503, and the provider tells them again.</exception>
    ValueTask<int> ReceiveAsync(string transportName, MailWebhookRequest request, CancellationToken cancellationToken = default);
}
