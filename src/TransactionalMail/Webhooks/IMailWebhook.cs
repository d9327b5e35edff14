namespace TransactionalMail.Webhooks;

/// <summary>Reads what one provider reports of its own accord: proves that it comes from there, and tells it as events. Thread-safe; it knows no web framework.</summary>
/// <remarks>For adapter authors: return it from <see cref="Transports.MailProvider{TOptions}.CreateWebhook"/>. An event nobody knows is a <see cref="MailUnknownEvent"/>, never an error.</remarks>
public interface IMailWebhook
{
    /// <summary>Reads a request.</summary>
    /// <param name="request">The request as it came, byte for byte.</param>
    /// <param name="cancellationToken">Cancelled when the caller has gone.</param>
    /// <returns>The events, in order; none where there is nothing to record. Each has an <see cref="MailEvent.EventId"/> that is the same when the same is told again.</returns>
    /// <exception cref="MailWebhookException">The request is not the provider's, or cannot be read.</exception>
    ValueTask<IReadOnlyList<MailEvent>> ReceiveAsync(MailWebhookRequest request, CancellationToken cancellationToken);
}
