using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.Crash.Outage;

/// <summary>The outbox in a file of SQLite, whose connections ask the harness for the time.</summary>
/// <param name="path">The file, which is not there yet.</param>
/// <param name="clock">The clock that is moved.</param>
internal sealed class SqliteOutbox(string path, TimeProvider clock) : DatabaseOutbox(DatabaseKind.Sqlite, $"Data Source={path}")
{
    private readonly SqliteClock _clock = new(clock);

    protected override void Use(DbContextOptionsBuilder options) => options.UseSqlite($"Data Source={path}").AddInterceptors(_clock);
}
