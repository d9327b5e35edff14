using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Webhooks;

/// <summary>Hands requests to the webhook of their transport, and events to the recorder.</summary>
internal sealed class MailWebhooks(TransportRegistry transports, IMailEventRecorder recorder, ILogger<MailWebhooks> logger) : IMailWebhooks
{
    public IReadOnlyCollection<string> TransportNames => [.. transports.Transports.Where(static t => t.Webhook is not null).Select(static t => t.Name)];

    public async ValueTask<int> ReceiveAsync(string transportName, MailWebhookRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (transports.Find(transportName) is not { Webhook: { } webhook, Name: var name }) throw new KeyNotFoundException("There is no transport of that name with a webhook.");
        try
        {
            var told = await webhook.ReceiveAsync(request, cancellationToken).ConfigureAwait(false);
            return await recorder.RecordAsync([.. told.Select(e => e with { TransportName = name })], cancellationToken).ConfigureAwait(false);
        }
        catch (MailWebhookException refused)
        {
            Log.WebhookRefused(logger, name, refused.Refusal, refused.Message);
            throw;
        }
    }
}
