using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Bounces;

/// <summary>Watches one mailbox, and connects again whenever the connection is lost.</summary>
internal sealed class BounceMailboxWatcher(
    string name, IOptionsMonitor<BounceMailboxOptions> options, IBounceReader reader, IMailEventRecorder recorder, TimeProvider time, ILogger<BounceMailboxWatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = s_shortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            var mailbox = options.Get(name);
            try
            {
                using var session = await BounceMailboxSession.OpenAsync(mailbox, time, stoppingToken).ConfigureAwait(false);
                while (true)
                {
                    await session.HandleAsync(HandleAsync, stoppingToken).ConfigureAwait(false);
                    pause = s_shortestPause;
                    await session.WaitAsync(stoppingToken).ConfigureAwait(false);
                }
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.BounceMailboxFailed(logger, name, failure.GetType().Name, ServerText.Scrub(failure.Message, mailbox.Password, mailbox.UserName), pause);
            }

            await PauseAsync(pause, stoppingToken).ConfigureAwait(false);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <summary>Returns whether the message reported anything, once that is stored.</summary>
    private async ValueTask<bool> HandleAsync(Stream message, CancellationToken cancellationToken)
    {
        BounceReport report;
        try
        {
            report = await reader.ReadAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException)
        {
            Log.BounceUnreadable(logger, name);
            return false;
        }

        if (report.Events.Count == 0) return report.IsAutoReply;
        await recorder.RecordAsync(report.Events, cancellationToken).ConfigureAwait(false);
        Log.BounceHandled(logger, name, report.Events.Count, report.Events[0].MailId);
        return true;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop ends by itself.
        }
    }
}
