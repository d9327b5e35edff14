using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.Crash.Outage;

/// <summary>Puts a function of its own in place of SQLite's <c>julianday</c>, which tells the time.</summary>
internal sealed class SqliteClock(TimeProvider clock) : DbConnectionInterceptor
{
    /// <summary>The Julian day of 1970.</summary>
    private const double Epoch = 2440587.5;

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ((SqliteConnection)connection).CreateFunction("julianday", (string time) => time is "now"
            ? Epoch + clock.GetUtcNow().ToUnixTimeMilliseconds() / TimeSpan.FromDays(1).TotalMilliseconds
            : throw new NotSupportedException("Nobody asks for another time."));
        return Task.CompletedTask;
    }
}
