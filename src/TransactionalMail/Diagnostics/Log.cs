using Microsoft.Extensions.Logging;

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

    [LoggerMessage(200, LogLevel.Information, "Mail is signed with the DKIM keys {Records}")]
    public static partial void DkimKeysInUse(ILogger logger, string records);

    [LoggerMessage(201, LogLevel.Error, "A changed DKIM key or configuration cannot be used; every old key stays in use: {Problem}")]
    public static partial void DkimReloadFailed(ILogger logger, string problem);

    [LoggerMessage(202, LogLevel.Warning, "The DKIM keys {Records} have fewer than 2048 bits; replace them, for some receivers ignore such signatures")]
    public static partial void DkimKeysWeak(ILogger logger, string records);
}
