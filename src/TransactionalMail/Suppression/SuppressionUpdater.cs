using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Suppression;

/// <summary>Draws from each event what it means for the suppression list.</summary>
internal sealed class SuppressionUpdater(ISuppressionList list, ILogger<SuppressionUpdater> logger)
{
    /// <summary>Returns whether an event changes the list.</summary>
    public static bool Concerns(MailEvent mailEvent) => mailEvent is MailBounced { BounceKind: BounceKind.Hard } or MailComplained or MailUnsubscribed or MailResubscribed;

    public ValueTask UpdateAsync(MailEvent mailEvent, CancellationToken cancellationToken) => mailEvent switch
    {
        MailBounced { BounceKind: BounceKind.Hard } bounce => AddAsync(bounce, SuppressionReason.HardBounce, null, bounce.Diagnostic, cancellationToken),
        MailComplained => AddAsync(mailEvent, SuppressionReason.Complaint, null, null, cancellationToken),
        MailUnsubscribed => AddAsync(mailEvent, SuppressionReason.Unsubscribe, mailEvent.StreamName, null, cancellationToken),
        MailResubscribed => RemoveUnsubscribeAsync(mailEvent, cancellationToken),
        _ => ValueTask.CompletedTask,
    };

    private ValueTask AddAsync(MailEvent mailEvent, SuppressionReason reason, string? streamName, string? diagnostic, CancellationToken cancellationToken)
    {
        if (mailEvent.Recipient is not { } recipient) return Skip(mailEvent);
        var entry = new SuppressionEntry { Recipient = recipient, Reason = reason, StreamName = streamName, Since = mailEvent.OccurredAt, Diagnostic = diagnostic };
        return list.AddAsync(entry, cancellationToken);
    }

    private ValueTask RemoveUnsubscribeAsync(MailEvent mailEvent, CancellationToken cancellationToken) =>
        mailEvent.Recipient is { } recipient
            ? list.RemoveAsync(recipient, SuppressionReason.Unsubscribe, mailEvent.StreamName, cancellationToken)
            : Skip(mailEvent);

    private ValueTask Skip(MailEvent mailEvent)
    {
        Log.Safely(() => Log.EventWithoutRecipient(logger, mailEvent.EventId, mailEvent.MailId, mailEvent.GetType().Name));
        return ValueTask.CompletedTask;
    }
}
