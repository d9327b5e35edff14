using Microsoft.Extensions.Logging;

namespace TransactionalMail.Diagnostics;

/// <content>What comes back to a bounce mailbox: ids 320 to 329.</content>
internal static partial class Log
{
    [LoggerMessage(320, LogLevel.Information, "A message in bounce mailbox {Mailbox} told of {Count} events, the first of mail {MailId}")]
    public static partial void BounceHandled(ILogger logger, string mailbox, int count, MailId mailId);

    [LoggerMessage(321, LogLevel.Warning, "Bounce mailbox {Mailbox} cannot be read ({Error}: {Problem}) and is tried again after {Pause}")]
    public static partial void BounceMailboxFailed(ILogger logger, string mailbox, string error, string problem, TimeSpan pause);

    [LoggerMessage(322, LogLevel.Warning, "Bounce mailbox {Mailbox} holds something that is no message; it stays there, marked as handled")]
    public static partial void BounceUnreadable(ILogger logger, string mailbox);
}
