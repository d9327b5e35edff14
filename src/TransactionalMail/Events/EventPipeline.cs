using System.Collections.ObjectModel;
using System.Data.Common;
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

    /// <param name="events">The events.</param>
    /// <param name="isTold">Whether outsiders told them, who do not know all of the mail.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<EventRecording> RecordAsync(IReadOnlyList<MailEvent> events, bool isTold, CancellationToken cancellationToken)
    {
        try
        {
            var completed = isTold ? await CompleteAsync(events, cancellationToken).ConfigureAwait(false) : events;
            var recorded = await audit.AppendAsync(completed, cancellationToken).ConfigureAwait(false);
            if (!isTold) return default; // nobody asks what was new of our own
            return new EventRecording(completed.DistinctBy(static e => e.EventId).ToDictionary(static e => e.EventId), [.. recorded.Select(static e => e.EventId)], null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Tell("audit", events.Count, events[0].MailId, exception, error => Log.AuditFailed(logger, events.Count, events[0].MailId, error));
            return new EventRecording(ReadOnlyDictionary<Guid, MailEvent>.Empty, [], exception);
        }
    }

    /// <summary>Draws from an event what it means for the suppression list. Returns what that failed with, or <see langword="null"/>.</summary>
    public async ValueTask<Exception?> UpdateSuppressionsAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        try
        {
            await suppressions.UpdateAsync(mailEvent, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Tell("suppression", 1, mailEvent.MailId, exception, error => Log.SuppressionFailed(logger, mailEvent.GetType().Name, mailEvent.EventId, mailEvent.MailId, error));
            return exception;
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
                Tell("handler", 1, mailEvent.MailId, exception, error => Log.EventHandlerFailed(logger, $"{handler}", mailEvent.GetType().Name, mailEvent.EventId, mailEvent.MailId, error));
            }
        }
    }

    private async ValueTask<IReadOnlyList<MailEvent>> CompleteAsync(IReadOnlyList<MailEvent> told, CancellationToken cancellationToken)
    {
        var completed = new List<MailEvent>(told.Count);
        foreach (var mailEvent in told) completed.Add(await CompleteAsync(mailEvent, cancellationToken).ConfigureAwait(false));
        return completed;
    }

    /// <summary>Adds what an outsider does not know, stream and template, from what was recorded when the mail was sent.</summary>
    /// <remarks>A record that cannot be read for good is no reason to be told again: an unsubscribe then counts for every stream.</remarks>
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
        catch (DbException damaged) when (!damaged.IsTransient)
        {
            Log.Safely(() =>
            {
                Log.EventNotCompleted(logger, told.GetType().Name, told.EventId, told.MailId, damaged.GetType().Name);
                Log.EventFailureDetail(logger, told.MailId, damaged);
            });
        }

        return told;
    }

    private void Tell(string stage, int count, MailId mailId, Exception failure, Action<string> log) => Log.Safely(() =>
    {
        telemetry.CountFailedEvents(count, stage);
        log(failure.GetType().Name);
        Log.EventFailureDetail(logger, mailId, failure);
    });
}
