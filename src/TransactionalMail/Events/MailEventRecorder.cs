using TransactionalMail.Webhooks;

namespace TransactionalMail.Events;

/// <summary>Completes what was told by what is known here, and hands it to the queue that all events pass.</summary>
internal sealed class MailEventRecorder(MailEventDispatcher dispatcher, IMailAudit audit, TimeProvider time) : IMailEventRecorder
{
    public async ValueTask<int> RecordAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        var now = time.GetUtcNow();
        var completed = new List<MailEvent>(events.Count);
        foreach (var told in events) completed.Add(await CompleteAsync(told.OccurredAt > now ? told with { OccurredAt = now } : told, cancellationToken).ConfigureAwait(false));
        return await dispatcher.StoreAsync(completed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds what an outsider does not know, stream and template, from what was recorded when the mail was sent.</summary>
    private async ValueTask<MailEvent> CompleteAsync(MailEvent told, CancellationToken cancellationToken)
    {
        if (told.MailId == default || told.StreamName is not null) return told;
        try
        {
            await foreach (var earlier in audit.ReadAsync(told.MailId, cancellationToken).ConfigureAwait(false))
            {
                if (earlier.StreamName is not null) return told with { StreamName = earlier.StreamName, TemplateName = told.TemplateName ?? earlier.TemplateName };
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MailEventsNotStoredException(failure);
        }

        return told;
    }
}
