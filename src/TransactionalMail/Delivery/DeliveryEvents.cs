using System.Globalization;
using TransactionalMail.Events;

namespace TransactionalMail.Delivery;

/// <summary>Tells what a run did, recipient by recipient.</summary>
internal static class DeliveryEvents
{
    /// <param name="run">The run.</param>
    /// <param name="stream">Its stream.</param>
    /// <param name="isEnd">Whether nobody tries again for those without an answer.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<MailEvent> Of(DeliveryRun run, string stream, bool isEnd, DateTimeOffset now)
    {
        var message = run.Mail.Message;
        return [.. run.Outcomes.Select(outcome => Of(run, outcome, isEnd) with
        {
            MailId = run.Mail.Id,
            StreamName = stream,
            TemplateName = run.Mail.TemplateName,
            TransportName = outcome.TransportName,
            ProviderMessageId = outcome.ProviderMessageId,
            Recipient = outcome.Recipient,
            OccurredAt = now,
            Attempt = run.Attempts,
            Tags = message.Tags,
            Metadata = message.Metadata,
        })];
    }

    private static MailEvent Of(DeliveryRun run, RecipientOutcome outcome, bool isEnd)
    {
        var failure = run.FailureOf(outcome);
        var diagnostic = outcome.Diagnostic ?? failure?.Message;
        var (code, enhanced) = (outcome.ProviderCode ?? failure?.ProviderCode, outcome.EnhancedCode ?? failure?.EnhancedCode);
        if (outcome.Status is RecipientStatus.Accepted) return new MailAccepted { MailId = default, OccurredAt = default };
        if (outcome.Status is RecipientStatus.Suppressed) return new MailSuppressed { MailId = default, OccurredAt = default, Reason = run.SuppressionOf(outcome.Recipient) };
        if (!isEnd && run.Mail.Envelope.Recipients.Contains(outcome.Recipient))
        {
            return new MailDeferred { MailId = default, OccurredAt = default, Failure = failure?.Failure, SmtpCode = SmtpCode(code), EnhancedCode = enhanced, Diagnostic = diagnostic };
        }

        if (outcome is { Status: RecipientStatus.Rejected, ProviderCode: not null })
        {
            return new MailBounced { MailId = default, OccurredAt = default, BounceKind = EnhancedCodes.BounceKindOf(enhanced), SmtpCode = SmtpCode(code), EnhancedCode = enhanced, Diagnostic = diagnostic };
        }

        return new MailFailed
        {
            MailId = default,
            OccurredAt = default,
            Failure = failure?.Failure ?? (outcome.TransportName is null ? null : TransportFailure.RecipientsRejected),
            ProviderCode = code,
            EnhancedCode = enhanced,
            Diagnostic = diagnostic,
            MayHaveBeenAccepted = outcome.Status is RecipientStatus.Unknown,
        };
    }

    private static int? SmtpCode(string? code) => code is { Length: 3 } && int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : null;
}
