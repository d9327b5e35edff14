using TransactionalMail.Events;
using TransactionalMail.Transports;

namespace TransactionalMail.Webhooks;

/// <summary>Hands requests to the webhook of their transport, and events to the queue that all events pass.</summary>
internal sealed class MailWebhooks(TransportRegistry transports, MailEventDispatcher dispatcher, IMailAudit audit) : IMailWebhooks
{
    public IReadOnlyCollection<string> TransportNames => [.. transports.Transports.Where(static t => t.Webhook is not null).Select(static t => t.Name)];

    public async ValueTask<int> ReceiveAsync(string transportName, MailWebhookRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var webhook = transports.Find(transportName)?.Webhook ?? throw new KeyNotFoundException("There is no transport of that name with a webhook.");
        var told = await webhook.ReceiveAsync(request, cancellationToken).ConfigureAwait(false);
        var events = new List<MailEvent>(told.Count);
        foreach (var mailEvent in told) events.Add(await CompleteAsync(mailEvent with { TransportName = transportName }, cancellationToken).ConfigureAwait(false));
        return await dispatcher.StoreAsync(events, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds what a provider does not know, stream and template, from what was recorded when the mail was sent.</summary>
    private async ValueTask<MailEvent> CompleteAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        if (mailEvent.MailId == default || mailEvent.StreamName is not null) return mailEvent;
        await foreach (var earlier in audit.ReadAsync(mailEvent.MailId, cancellationToken).ConfigureAwait(false))
        {
            if (earlier.StreamName is not null) return mailEvent with { StreamName = earlier.StreamName, TemplateName = mailEvent.TemplateName ?? earlier.TemplateName };
        }

        return mailEvent;
    }
}
