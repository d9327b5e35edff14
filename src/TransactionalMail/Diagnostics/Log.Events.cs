using Microsoft.Extensions.Logging;

namespace TransactionalMail.Diagnostics;

/// <content>What goes wrong with events after the mail went out: ids 300 to 319.</content>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Error, "The audit did not record {Count} events, the first of mail {MailId} ({Error}); details are at level Debug, for they may hold personal data")]
    public static partial void AuditFailed(ILogger logger, int count, MailId mailId, string error);

    [LoggerMessage(301, LogLevel.Error, "The suppression list was not updated for {Kind} {EventId} of mail {MailId} ({Error}); details are at level Debug, for they may hold personal data")]
    public static partial void SuppressionFailed(ILogger logger, string kind, Guid eventId, MailId mailId, string error);

    [LoggerMessage(302, LogLevel.Error, "{Handler} failed for {Kind} {EventId} of mail {MailId} ({Error}); details are at level Debug, for they may hold personal data")]
    public static partial void EventHandlerFailed(ILogger logger, string handler, string kind, Guid eventId, MailId mailId, string error);

    [LoggerMessage(303, LogLevel.Warning, "The events of {Capacity} mails wait, so each sender waits up to {Seconds} seconds: the audit or an event handler is too slow")]
    public static partial void EventQueueFull(ILogger logger, int capacity, double seconds);

    [LoggerMessage(304, LogLevel.Warning, "{Count} events reached audit and suppression list but no event handler, because the container was disposed first; a host that is stopped waits for handlers")]
    public static partial void EventsUnheard(ILogger logger, int count);

    [LoggerMessage(305, LogLevel.Error, "{Count} events were left when the container was disposed and {Seconds} seconds did not suffice")]
    public static partial void EventsLeft(ILogger logger, int count, double seconds);

    [LoggerMessage(306, LogLevel.Warning, "{Kind} {EventId} of mail {MailId} names no recipient, so the suppression list stays as it is")]
    public static partial void EventWithoutRecipient(ILogger logger, Guid eventId, MailId mailId, string kind);

    [LoggerMessage(307, LogLevel.Error, "{Count} events of mail {MailId} were published after the container was disposed, and are lost")]
    public static partial void EventsLost(ILogger logger, int count, MailId mailId);

    [LoggerMessage(308, LogLevel.Debug, "What failed for an event of mail {MailId}")]
    public static partial void EventFailureDetail(ILogger logger, MailId mailId, Exception exception);

    [LoggerMessage(309, LogLevel.Warning, "What the audit has of the mail of {Kind} {EventId} of mail {MailId} cannot be read ({Error}), so that it is taken without stream and template; details are at level Debug")]
    public static partial void EventNotCompleted(ILogger logger, string kind, Guid eventId, MailId mailId, string error);

    [LoggerMessage(310, LogLevel.Information, "Mail goes to the test inbox, except for {Domains} domains and {Addresses} addresses")]
    public static partial void StagingRedirectInUse(ILogger logger, int domains, int addresses);
}
