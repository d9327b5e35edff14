namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Times as they are stored: ticks of 100 ns since 1970-01-01 UTC.</summary>
internal static class OutboxTime
{
    public static long Of(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    public static DateTimeOffset Read(long ticks) =>
        new(Math.Clamp(ticks, -DateTimeOffset.UnixEpoch.Ticks, DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks) + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    /// <summary>Returns a time of the database by this machine's clock: as far from now as it was there.</summary>
    public static DateTimeOffset Here(long ticks, long databaseNow, DateTimeOffset now) =>
        Read((long)Int128.Clamp((Int128)Of(now) + ticks - databaseNow, long.MinValue, long.MaxValue));
}
