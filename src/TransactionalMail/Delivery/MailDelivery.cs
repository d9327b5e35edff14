using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Events;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>Takes a mail through the transports of its stream, round by round; moves on only where that cannot send it twice.</summary>
internal sealed class MailDelivery(ISuppressionList suppressions, MailEventDispatcher events, MailTelemetry telemetry, TimeProvider time, ILogger<MailDelivery> logger)
{
    /// <summary>Delivers while the sender waits.</summary>
    public async Task<MailReceipt> DeliverAsync(OutboundMail mail, MailStream stream, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        var run = new DeliveryRun(mail);
        await SuppressAsync(run, stream, cancellationToken).ConfigureAwait(false);
        try
        {
            await stream.Retry.ExecuteAsync(
                static (job, token) => job.Delivery.TryOnceAsync(job.Run, job.Stream, token),
                (Delivery: this, Run: run, Stream: stream),
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.MayHaveBeenAccepted)
        {
            // The caller gave up; that somebody has the mail, or may have it, is reported all the same.
        }
        catch (Exception e) when (run.MayHaveBeenAccepted)
        {
            Log.DeliveryFailure(logger, mail.Id, stream.Name, e);
        }

        await ReportAsync(run, stream, isEnd: true, acceptedAt, cancellationToken).ConfigureAwait(false);
        return run.Conclude(acceptedAt);
    }

    /// <summary>Delivers as far as one round goes; what is left is for a later run.</summary>
    public async Task DeliverOnceAsync(DeliveryRun run, MailStream stream, CancellationToken cancellationToken)
    {
        await SuppressAsync(run, stream, cancellationToken).ConfigureAwait(false);
        await TryOnceAsync(run, stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells events, counters and log how a run ended; it never throws, for the mail may be out.</summary>
    /// <param name="run">The run.</param>
    /// <param name="stream">Its stream.</param>
    /// <param name="isEnd">Whether nobody tries again for those without an answer.</param>
    /// <param name="since">When the mail could be sent.</param>
    /// <param name="cancellationToken">Ends the wait for room among the events, not the report.</param>
    public async Task ReportAsync(DeliveryRun run, MailStream stream, bool isEnd, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            Count(run, stream, isEnd, now - since);
        }
        catch (Exception e)
        {
            // A logger or a listener of the application's failed: that must hide neither a receipt nor a verdict, or the mail would go out again.
            Log.CountFailure(logger, run.Mail.Id, stream.Name, e);
        }

        await events.PublishAsync(DeliveryEvents.Of(run, stream.Name, isEnd, now), cancellationToken).ConfigureAwait(false);
    }

    private void Count(DeliveryRun run, MailStream stream, bool isEnd, TimeSpan age)
    {
        var outcomes = run.Outcomes;
        var accepted = outcomes.Where(static o => o.Status is RecipientStatus.Accepted).ToArray();
        if (accepted.Length > 0)
        {
            Log.Sent(logger, run.Mail.Id, stream.Name, accepted.Length, outcomes.Count - accepted.Length, run.Attempts);
            telemetry.CountSent(age, stream.Name, run.Mail.TemplateName, accepted[0].TransportName);
        }
        else if (isEnd && outcomes.Any(static o => o.Status is not RecipientStatus.Suppressed))
        {
            telemetry.CountFailed(age, stream.Name, run.Mail.TemplateName, outcomes[^1].TransportName);
        }

        if (!isEnd && run.HasRecipients) telemetry.CountRetried(stream.Name, run.Mail.TemplateName);
    }

    private async ValueTask SuppressAsync(DeliveryRun run, MailStream stream, CancellationToken cancellationToken)
    {
        var entries = await stream.FindSuppressedAsync(suppressions, run.Mail.Envelope.Recipients, cancellationToken).ConfigureAwait(false);
        if (entries.Count > 0) run.Suppress(entries);
    }

    private async ValueTask<DeliveryRun> TryOnceAsync(DeliveryRun run, MailStream stream, CancellationToken cancellationToken)
    {
        run.BeginRound();
        if (run.Mail.Message.NotAfter < time.GetUtcNow()) run.Expire();
        foreach (var transport in stream.Router.Route())
        {
            if (run.IsOver) break;
            if (!run.MayAsk(transport.Name)) continue;

            if ((Unsupported(run.Mail, transport) ?? transport.FindObstacle()) is { } obstacle) run.Skip(obstacle);
            else await AttemptAsync(run, stream, transport, cancellationToken).ConfigureAwait(false);
        }

        return run;
    }

    private async Task AttemptAsync(DeliveryRun run, MailStream stream, GuardedTransport transport, CancellationToken cancellationToken)
    {
        var mail = run.Mail;
        var begun = time.GetTimestamp();
        using var span = telemetry.StartAttempt(mail.Id, stream.Name, mail.TemplateName, transport.Name);
        var outcome = "error";
        try
        {
            var receipt = await transport.SendAsync(mail, cancellationToken).ConfigureAwait(false);
            run.Answer(transport.Name, receipt, stream.WhenInDoubt);
            outcome = "answered";
        }
        catch (MailTransportException failure)
        {
            run.Fail(failure, stream.WhenInDoubt);
            outcome = failure.MayHaveBeenAccepted ? "unknown" : failure.Failure.ToString();
            Log.AttemptFailure(logger, mail.Id, stream.Name, transport.Name, failure);
        }
        finally
        {
            telemetry.EndAttempt(span, time.GetElapsedTime(begun), stream.Name, mail.TemplateName, transport.Name, outcome, outcome is not "answered");
        }
    }

    private static MailTransportException? Unsupported(OutboundMail mail, GuardedTransport transport)
    {
        var missing = transport.MissingFor(mail.Message);
        return missing is MailFeatures.None
            ? null
            : new MailTransportException(TransportFailure.UnsupportedFeature, transport.Name, $"It cannot carry {missing}. Remove that from the message, or route it through a transport that can.");
    }
}
