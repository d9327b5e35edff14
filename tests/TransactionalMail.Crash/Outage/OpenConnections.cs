using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.Crash.Outage;

/// <summary>Counts the connections that are open, and so tells whether the library is at work. Thread-safe.</summary>
internal sealed class OpenConnections : DbConnectionInterceptor
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _count);
        return ValueTask.FromResult(result);
    }

    public override Task ConnectionDisposedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Interlocked.Decrement(ref _count);
        return Task.CompletedTask;
    }
}
