using Microsoft.Extensions.Logging;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Diagnostics;

/// <summary>Every log line of sending, with a stable id; none holds an address, content or a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Mail {MailId} of stream {Stream} was taken over for {Accepted} recipients ({Others} without) in {Attempts} attempts")]
    public static partial void Sent(ILogger logger, MailId mailId, string stream, int accepted, int others, int attempts);

    [LoggerMessage(101, LogLevel.Warning, "Mail {MailId} of stream {Stream} was not taken by transport {Transport}: {Failure} (code {ProviderCode})")]
    public static partial void AttemptFailed(ILogger logger, MailId mailId, string stream, string transport, TransportFailure failure, string? providerCode);

    [LoggerMessage(102, LogLevel.Warning, "Transport {Transport} is left alone for {Pause} after {Failure}")]
    public static partial void TransportPaused(ILogger logger, string transport, TimeSpan pause, TransportFailure failure);

    [LoggerMessage(103, LogLevel.Information, "Transport {Transport} works again")]
    public static partial void TransportResumed(ILogger logger, string transport);

    [LoggerMessage(104, LogLevel.Information, "Transport {Transport} was made anew, for its configuration changed")]
    public static partial void TransportReloaded(ILogger logger, string transport);

    [LoggerMessage(105, LogLevel.Error, "The changed configuration of transport {Transport} cannot be used; the old one stays in use: {Problem}")]
    public static partial void TransportReloadFailed(ILogger logger, string transport, string problem);

    [LoggerMessage(110, LogLevel.Warning, "Mail {MailId} of stream {Stream} is tried again at {DueAt} after {Attempts} attempts: {Failure}")]
    public static partial void Rescheduled(ILogger logger, MailId mailId, string stream, DateTimeOffset dueAt, int attempts, string? failure);

    [LoggerMessage(111, LogLevel.Error, "Mail {MailId} of stream {Stream} was given up after {Attempts} attempts and is a dead letter: {Failure}")]
    public static partial void GivenUp(ILogger logger, MailId mailId, string stream, int attempts, string? failure);

    [LoggerMessage(112, LogLevel.Warning, "Mail {MailId} of stream {Stream} was worked on for longer than its lease; another worker may have sent it, too")]
    public static partial void LeaseLost(ILogger logger, MailId mailId, string stream);

    [LoggerMessage(113, LogLevel.Error, "The outbox failed for stream {Stream} ({Error}) and is tried again; details are at level Debug, for they may hold personal data")]
    public static partial void OutboxFailed(ILogger logger, string stream, string error);

    [LoggerMessage(119, LogLevel.Debug, "What failed in the outbox")]
    public static partial void OutboxFailureDetail(ILogger logger, Exception exception);

    [LoggerMessage(114, LogLevel.Error, "The delivery of mail {MailId} of stream {Stream} broke ({Error}); details are at level Debug, for they may hold personal data")]
    public static partial void DeliveryBroke(ILogger logger, MailId mailId, string stream, string error);

    [LoggerMessage(117, LogLevel.Debug, "The delivery of mail {MailId} broke")]
    public static partial void DeliveryBrokeDetail(ILogger logger, MailId mailId, Exception exception);

    [LoggerMessage(115, LogLevel.Information, "{Count} mails of stream {Stream} stay in the outbox for later")]
    public static partial void LeftForLater(ILogger logger, int count, string stream);

    [LoggerMessage(116, LogLevel.Error, "{Count} mails of stream {Stream} were not delivered and are lost with this process; a durable outbox would keep them")]
    public static partial void LostWithProcess(ILogger logger, int count, string stream);

    [LoggerMessage(118, LogLevel.Warning, "How full the outbox is could not be found out ({Error}); details are at level Debug, for they may hold personal data")]
    public static partial void DepthUnknown(ILogger logger, string error);

    [LoggerMessage(121, LogLevel.Error, "The idempotency ledger failed for mail {MailId} ({Error}), so that a repeated call may send it again; details are at level Debug, for they may hold personal data")]
    public static partial void LedgerFailed(ILogger logger, MailId mailId, string error);

    [LoggerMessage(122, LogLevel.Warning, "The outbox stopped although a transport or a call of the outbox hung, and left it behind; its mail, unless it is lost with this process, is delivered, perhaps again, when its lease ends")]
    public static partial void LeftBehind(ILogger logger);

    [LoggerMessage(123, LogLevel.Error, "What became of mail {MailId} of stream {Stream} could not be logged or counted ({Error}): a logger or a meter's listener failed; details are at level Debug, for they may hold personal data")]
    public static partial void CountFailed(ILogger logger, MailId mailId, string stream, string error);

    [LoggerMessage(120, LogLevel.Debug, "Attachment {Index} could not be read")]
    public static partial void AttachmentUnreadable(ILogger logger, int index, Exception exception);

    [LoggerMessage(200, LogLevel.Information, "Mail is signed with the DKIM keys {Records}")]
    public static partial void DkimKeysInUse(ILogger logger, string records);

    [LoggerMessage(201, LogLevel.Error, "A changed DKIM key or configuration cannot be used; every old key stays in use: {Problem}")]
    public static partial void DkimReloadFailed(ILogger logger, string problem);

    [LoggerMessage(202, LogLevel.Warning, "The DKIM keys {Records} have fewer than 2048 bits; replace them, for some receivers ignore such signatures")]
    public static partial void DkimKeysWeak(ILogger logger, string records);

    [LoggerMessage(400, LogLevel.Warning, "A request to the webhook of transport {Transport} was refused ({Refusal}): {Problem}")]
    public static partial void WebhookRefused(ILogger logger, string transport, WebhookRefusal refusal, string problem);
}
