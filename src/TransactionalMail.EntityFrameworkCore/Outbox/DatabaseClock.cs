using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>The clock of the database, for rows that the application's own context inserts. Thread-safe.</summary>
/// <remarks>
/// It asks through that context: another connection might not be had while the application holds all of them in transactions, and
/// would make a <c>TransactionScope</c> a distributed one.
/// </remarks>
internal sealed class DatabaseClock(OutboxDatabase database, TimeProvider time)
{
    /// <summary>How long it goes on from what it read, by the machine's measure of elapsed time, which no change of its clock disturbs.</summary>
    private static readonly TimeSpan s_trust = TimeSpan.FromMinutes(1);

    /// <summary>How far the machine's clock may run from that measure before it asks again: the measure stands still while a machine is suspended.</summary>
    private static readonly TimeSpan s_drift = TimeSpan.FromSeconds(1);

    private volatile Measured? _measured;

    /// <summary>Returns the ticks of a time of this machine, by the clock of the database: as far away there as it is here.</summary>
    public async ValueTask<long> ReadAsync(DbContext context, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var measured = _measured;
        if (measured is null || time.GetElapsedTime(measured.At) > s_trust || (time.GetUtcNow() - measured.Here - time.GetElapsedTime(measured.At)).Duration() > s_drift)
        {
            var ask = $"SELECT {database.Statements.Dialect.Now} AS \"Value\"";
            var now = await context.Database.SqlQueryRaw<long>(ask).SingleAsync(cancellationToken).ConfigureAwait(false);
            _measured = measured = new Measured(time.GetTimestamp(), time.GetUtcNow(), now);
        }

        return measured.Now + (time.GetElapsedTime(measured.At) + (at - time.GetUtcNow())).Ticks;
    }

    private sealed record Measured(long At, DateTimeOffset Here, long Now);
}
