using Microsoft.Extensions.Logging;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Every log line of the queues, with a stable id; none holds an address, content or a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Error, "Message {MessageId} of stream {Stream} cannot be read and is a dead letter: {Reason}")]
    public static partial void Unreadable(ILogger logger, string? messageId, string stream, string reason);

    [LoggerMessage(201, LogLevel.Warning, "A message of stream {Stream} is not due or cannot be read, and could not be put aside: {Problem}")]
    public static partial void NotPutAside(ILogger logger, string stream, string problem);

    [LoggerMessage(202, LogLevel.Information, "A second copy of mail {MailId} of stream {Stream} was dropped")]
    public static partial void DroppedCopy(ILogger logger, MailId mailId, string stream);

    [LoggerMessage(210, LogLevel.Error, "The relay failed for stream {Stream} ({Error}) and tries again; details are at level Debug, for they may hold personal data")]
    public static partial void RelayFailed(ILogger logger, string stream, string error);

    [LoggerMessage(211, LogLevel.Debug, "What failed in the relay")]
    public static partial void RelayFailureDetail(ILogger logger, Exception exception);

    [LoggerMessage(212, LogLevel.Error, "Mail {MailId} of stream {Stream} cannot go to the queue and is a dead letter of the application's outbox: {Reason}")]
    public static partial void NotCarried(ILogger logger, MailId mailId, string stream, string reason);
}
