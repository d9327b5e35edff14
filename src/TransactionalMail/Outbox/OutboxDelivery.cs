using Microsoft.Extensions.Logging;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;
using TransactionalMail.Mime;
using TransactionalMail.Transports;

namespace TransactionalMail.Outbox;

/// <summary>Goes once through the transports with an entry, and decides what becomes of it. Thread-safe.</summary>
internal sealed class OutboxDelivery(MailDelivery delivery, MimeComposer composer, MailTelemetry telemetry, TimeProvider time, ILogger<OutboxDelivery> logger)
{
    /// <summary>Entries that wait for a transport, not for their own next turn, look again about as often.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(1);

    public async Task<OutboxVerdict> DeliverAsync(OutboxEntry entry, MailStream stream, CancellationToken cancellationToken)
    {
        using var span = telemetry.StartDelivery(entry);
        if (entry.Message.From is null) return new OutboxVerdict(OutboxFate.GivenUp, entry with { LastFailure = "The mail has no From. Mail that is stored without ITransactionalMailer must be prepared." });
        using var mail = new OutboundMail(entry, composer);
        var run = new DeliveryRun(mail, entry.Attempts, entry.PinnedTransport);
        string? broken = null;
        try
        {
            await delivery.DeliverOnceAsync(run, stream, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            broken = "The delivery was interrupted.";
        }
        catch (Exception e)
        {
            broken = $"An unforeseen error stopped the delivery ({e.GetType().Name}).";
            Log.DeliveryFailure(logger, entry.Id, entry.StreamName, e);
        }

        var verdict = cancellationToken.IsCancellationRequested && run.HasRecipients && !run.IsOver
            ? new OutboxVerdict(OutboxFate.Again, Update(entry, run, broken) with { DueAt = time.GetUtcNow() })
            : Judge(entry, run, stream, broken);
        if (run.Attempts > entry.Attempts || verdict.Fate is not OutboxFate.Again || broken is not null)
        {
            await delivery.ReportAsync(run, stream, verdict.Fate is not OutboxFate.Again, entry.SendableSince, cancellationToken).ConfigureAwait(false);
        }

        return verdict;
    }

    private OutboxVerdict Judge(OutboxEntry entry, DeliveryRun run, MailStream stream, string? broken)
    {
        if (run.Mail.Envelope.Recipients.Count == 0 && run.Outcomes.Any(static o => o.Status is RecipientStatus.Accepted or RecipientStatus.Suppressed))
        {
            return new OutboxVerdict(OutboxFate.Done, entry);
        }

        var updated = Update(entry, run, broken ?? run.DescribeFailure());
        if (broken is not null && updated.Attempts == entry.Attempts) updated = updated with { Attempts = entry.Attempts + 1 }; // or it would never wait longer
        var now = time.GetUtcNow();
        var end = GiveUpAt(entry, stream);
        if (run.IsOver || run.IsHopeless || now >= end) return new OutboxVerdict(OutboxFate.GivenUp, updated);

        var wait = Wait(entry, run, stream, broken is not null);
        return new OutboxVerdict(OutboxFate.Again, updated with { DueAt = wait < end - now ? now + wait : end });
    }

    private static DateTimeOffset GiveUpAt(OutboxEntry entry, MailStream stream)
    {
        var since = entry.SendableSince;
        var end = stream.Queue.GiveUpAfter < DateTimeOffset.MaxValue - since ? since + stream.Queue.GiveUpAfter : DateTimeOffset.MaxValue;
        return entry.Message.NotAfter < end ? entry.Message.NotAfter.Value : end;
    }

    private static TimeSpan Wait(OutboxEntry entry, DeliveryRun run, MailStream stream, bool broke)
    {
        if (run.Attempts == entry.Attempts && !broke)
        {
            // Nobody was asked. Where all transports pause, the lane itself waits for them, and the mail keeps its place in line.
            return run.PinnedTransport is null && (run.RetryAfter is not null || stream.Router.Pause > TimeSpan.Zero) ? s_glance * Random.Shared.NextDouble() : Jitter(run.RetryAfter ?? stream.Queue.Delay);
        }

        var rounds = Math.Min(entry.Attempts / Math.Max(1, stream.Router.Transports.Count), 30);
        var backOff = Multiply(stream.Queue.Delay, Math.Pow(2, rounds));
        if (backOff > stream.Queue.MaxDelay) backOff = stream.Queue.MaxDelay;
        return Jitter(run.RetryAfter > backOff ? run.RetryAfter.Value : backOff);
    }

    /// <summary>Adds up to a quarter, so that mail that failed together does not come back together.</summary>
    private static TimeSpan Jitter(TimeSpan wait) => Multiply(wait, 1 + Random.Shared.NextDouble() / 4);

    /// <summary>Multiplies, up to the longest there is: an overflow would leave a mail unmarked whose recipients may have it.</summary>
    private static TimeSpan Multiply(TimeSpan wait, double factor) => wait.Ticks * factor < TimeSpan.MaxValue.Ticks ? wait * factor : TimeSpan.MaxValue;

    private static OutboxEntry Update(OutboxEntry entry, DeliveryRun run, string? failure)
    {
        IReadOnlyList<EmailAddress> left = [.. run.Outcomes.Where(static o => o.Status is RecipientStatus.Rejected).Select(static o => o.Recipient)];
        return entry with
        {
            Recipients = run.Mail.Envelope.Recipients.Count > 0 ? run.Mail.Envelope.Recipients : left,
            Attempts = run.Attempts,
            PinnedTransport = run.PinnedTransport,
            LastFailure = failure is "" ? entry.LastFailure : failure,
        };
    }
}
