using Microsoft.Extensions.Logging;

namespace TransactionalMail.Diagnostics;

/// <summary>Every log line of sending, with a stable id; none holds an address, content or a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Mail {MailId} of stream {Stream} was taken over by transport {Transport} for {Accepted} recipients ({Refused} refused) in {Attempts} attempts")]
    public static partial void Sent(ILogger logger, MailId mailId, string stream, string? transport, int accepted, int refused, int attempts);

    [LoggerMessage(101, LogLevel.Warning, "Mail {MailId} of stream {Stream} was not taken by transport {Transport}: {Failure} (code {ProviderCode})")]
    public static partial void AttemptFailed(ILogger logger, MailId mailId, string stream, string transport, TransportFailure failure, string? providerCode);

    [LoggerMessage(200, LogLevel.Information, "DKIM key {Record} was replaced by the one that is configured now")]
    public static partial void DkimKeyReplaced(ILogger logger, string record);

    [LoggerMessage(201, LogLevel.Error, "A changed DKIM key or configuration cannot be used; the old one stays in use: {Problem}")]
    public static partial void DkimReloadFailed(ILogger logger, string problem);
}
