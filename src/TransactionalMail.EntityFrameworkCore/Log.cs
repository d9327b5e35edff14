using Microsoft.Extensions.Logging;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>The log messages of this package; their ids are stable, from 600.</summary>
internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Error, "Mail {MailId} of stream {Stream} cannot be read and is a dead letter: {Failure}")]
    public static partial void Unreadable(ILogger logger, MailId mailId, string stream, string failure);

    [LoggerMessage(602, LogLevel.Warning, "Idempotency keys and sent mail whose time is over were not removed ({Error}); it is tried again in some minutes")]
    public static partial void NotForgotten(ILogger logger, string error, Exception exception);

    [LoggerMessage(603, LogLevel.Warning, "{Count} events are not recorded in the audit yet; it is tried again in {Seconds} s: {Failure}")]
    public static partial void NotRecordedYet(ILogger logger, int count, double seconds, string failure);

    [LoggerMessage(604, LogLevel.Warning, "{Count} mails of stream {Stream} that cannot be read were not put aside; it is tried again when their leases end: {Failure}")]
    public static partial void NotPutAside(ILogger logger, int count, string stream, string failure);

    [LoggerMessage(605, LogLevel.Warning, "Whether the database has the tables of mail is not known yet: {Failure}")]
    public static partial void TablesUnknown(ILogger logger, string failure);

    [LoggerMessage(601, LogLevel.Error, "Mail {MailId} of stream {Stream} is left for a minute: {Failure}")]
    public static partial void UnreadableNow(ILogger logger, MailId mailId, string stream, string failure);
}
