using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>Forgets idempotency keys that have expired, every few minutes for as long as the host runs.</summary>
internal sealed class ExpiredKeys(EntityFrameworkIdempotencyLedger ledger, TimeProvider time, ILogger<ExpiredKeys> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await ledger.ForgetExpiredAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.KeysNotForgotten(logger, failure.GetType().Name, failure);
            }
        }
    }
}
