using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Events;
using TransactionalMail.Transports;

namespace TransactionalMail.Webhooks;

/// <summary>Hands requests to the webhook of their transport, and events to the queue that all events pass.</summary>
internal sealed class MailWebhooks(TransportRegistry transports, MailEventDispatcher dispatcher, IMailAudit audit, TimeProvider time, ILogger<MailWebhooks> logger) : IMailWebhooks
{
    public IReadOnlyCollection<string> TransportNames => [.. transports.Transports.Where(static t => t.Webhook is not null).Select(static t => t.Name)];

    public async ValueTask<int> ReceiveAsync(string transportName, MailWebhookRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var webhook = transports.Find(transportName)?.Webhook ?? throw new KeyNotFoundException("There is no transport of that name with a webhook.");
        try
        {
            var told = await webhook.ReceiveAsync(request, cancellationToken).ConfigureAwait(false);
            var events = new List<MailEvent>(told.Count);
            foreach (var mailEvent in told) events.Add(await CompleteAsync(mailEvent with { TransportName = transportName, OccurredAt = NotInFuture(mailEvent.OccurredAt) }, cancellationToken).ConfigureAwait(false));
            return await dispatcher.StoreAsync(events, cancellationToken).ConfigureAwait(false);
        }
        catch (MailWebhookException refused)
        {
            Log.WebhookRefused(logger, transportName, refused.Refusal, refused.Message);
            throw;
        }
    }

    private DateTimeOffset NotInFuture(DateTimeOffset told) => time.GetUtcNow() is var now && told > now ? now : told;

    /// <summary>Adds what a provider does not know, stream and template, from what was recorded when the mail was sent.</summary>
    private async ValueTask<MailEvent> CompleteAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        if (mailEvent.MailId == default || mailEvent.StreamName is not null) return mailEvent;
        try
        {
            await foreach (var earlier in audit.ReadAsync(mailEvent.MailId, cancellationToken).ConfigureAwait(false))
            {
                if (earlier.StreamName is not null) return mailEvent with { StreamName = earlier.StreamName, TemplateName = mailEvent.TemplateName ?? earlier.TemplateName };
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MailEventsNotStoredException(failure);
        }

        return mailEvent;
    }
}
