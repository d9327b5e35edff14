using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Outbox;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>Removes what has been kept long enough, idempotency keys and sent mail, soon after the host has started and every few minutes from then on.</summary>
internal sealed class Housekeeping(EntityFrameworkIdempotencyLedger ledger, EntityFrameworkOutbox outbox, TimeProvider time, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    /// <summary>The application migrates its tables first, and serves whoever waits for it.</summary>
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        await Task.Delay(s_first, time, stoppingToken).ConfigureAwait(false);
        do
        {
            try
            {
                await ledger.ForgetExpiredAsync(stoppingToken).ConfigureAwait(false);
                await outbox.ForgetSentAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.NotForgotten(logger, failure.GetType().Name, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
