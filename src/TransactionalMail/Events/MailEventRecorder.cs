namespace TransactionalMail.Events;

/// <summary>Hands what was told to the queue that all events pass, where it is completed by what is known here.</summary>
internal sealed class MailEventRecorder(MailEventDispatcher dispatcher, TimeProvider time) : IMailEventRecorder
{
    public ValueTask<int> RecordAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        var now = time.GetUtcNow();
        return dispatcher.StoreAsync([.. events.Select(told => told.OccurredAt > now ? told with { OccurredAt = now } : told)], cancellationToken);
    }
}
