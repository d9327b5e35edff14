namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>The clock of the database, for rows that the application's own context inserts. Thread-safe.</summary>
internal sealed class DatabaseClock(OutboxDatabase database, TimeProvider time)
{
    /// <summary>How long it trusts how far the machine's clock is off.</summary>
    private static readonly TimeSpan s_trust = TimeSpan.FromMinutes(1);

    private volatile Measured? _measured;

    /// <summary>Returns the ticks of a time of this machine, by the clock of the database.</summary>
    public async ValueTask<long> ReadAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var measured = _measured;
        if (measured is null || time.GetElapsedTime(measured.At) > s_trust)
        {
            var now = await database.ReadAsync(session => database.Statements.NowAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
            _measured = measured = new Measured(time.GetTimestamp(), now - OutboxTime.Of(time.GetUtcNow()));
        }

        return OutboxTime.Of(at) + measured.Offset;
    }

    private sealed record Measured(long At, long Offset);
}
