using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Suppression;

namespace TransactionalMail.Events;

/// <summary>What is done with events. Whoever fails is logged and counted, and stops nobody else.</summary>
internal sealed class EventPipeline(
    IMailAudit audit, SuppressionUpdater suppressions, IEnumerable<IMailEventHandler> handlers, MailTelemetry telemetry, ILogger<EventPipeline> logger)
{
    private readonly IMailEventHandler[] _handlers = [.. handlers];

    public bool HasHandlers => _handlers.Length > 0;

    public async ValueTask<EventRecording> RecordAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            var recorded = await audit.AppendAsync(events, cancellationToken).ConfigureAwait(false);
            return new EventRecording(recorded.Select(static e => e.EventId).ToHashSet(), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            telemetry.CountFailedEvents(events.Count, "audit");
            Log.AuditFailed(logger, events.Count, events[0].MailId, exception.GetType().Name);
            Log.EventFailureDetail(logger, events[0].MailId, exception);
            return new EventRecording(new HashSet<Guid>(), exception);
        }
    }

    public async ValueTask UpdateSuppressionsAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        try
        {
            await suppressions.UpdateAsync(mailEvent, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            telemetry.CountFailedEvents(1, "suppression");
            Log.SuppressionFailed(logger, mailEvent.GetType().Name, mailEvent.EventId, mailEvent.MailId, exception.GetType().Name);
            Log.EventFailureDetail(logger, mailEvent.MailId, exception);
        }
    }

    public async ValueTask CallHandlersAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        foreach (var handler in _handlers)
        {
            try
            {
                await handler.HandleAsync(mailEvent, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                telemetry.CountFailedEvents(1, "handler");
                Log.EventHandlerFailed(logger, $"{handler}", mailEvent.GetType().Name, mailEvent.EventId, mailEvent.MailId, exception.GetType().Name);
                Log.EventFailureDetail(logger, mailEvent.MailId, exception);
            }
        }
    }
}
