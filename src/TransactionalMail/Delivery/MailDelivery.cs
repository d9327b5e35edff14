using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>Takes a mail through the transports of its stream, round by round; moves on only where that cannot send it twice.</summary>
internal sealed class MailDelivery(TimeProvider time, ILogger<MailDelivery> logger)
{
    public async Task<MailReceipt> DeliverAsync(OutboundMail mail, MailStream stream, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        var run = new DeliveryRun(mail);
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

        var receipt = run.Conclude(acceptedAt);
        var accepted = receipt.Recipients.Count(static r => r.Status is RecipientStatus.Accepted);
        Log.Sent(logger, mail.Id, stream.Name, accepted, receipt.Recipients.Count - accepted, run.Attempts);
        return receipt;
    }

    /// <summary>Goes through the transports of the stream once, for the recipients still without an answer.</summary>
    public async ValueTask<DeliveryRun> TryOnceAsync(DeliveryRun run, MailStream stream, CancellationToken cancellationToken)
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
        try
        {
            run.Answer(transport.Name, await transport.SendAsync(run.Mail, cancellationToken).ConfigureAwait(false), stream.WhenInDoubt);
        }
        catch (MailTransportException failure)
        {
            run.Fail(failure, stream.WhenInDoubt);
            Log.AttemptFailed(logger, run.Mail.Id, stream.Name, transport.Name, failure.Failure, failure.ProviderCode);
        }
    }

    private static MailTransportException? Unsupported(OutboundMail mail, GuardedTransport transport)
    {
        var missing = RequiredFeatures.Of(mail.Message) & ~transport.Features;
        return missing is MailFeatures.None
            ? null
            : new MailTransportException(TransportFailure.UnsupportedFeature, transport.Name, $"It cannot carry {missing}. Remove that from the message, or route it through a transport that can.");
    }
}
