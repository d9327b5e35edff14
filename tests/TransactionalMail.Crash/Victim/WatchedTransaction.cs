using System.Data;
using System.Data.Common;

namespace TransactionalMail.Crash.Victim;

/// <summary>A transaction of the driver's, with the trap around its commit.</summary>
internal sealed class WatchedTransaction(DbTransaction inner, WatchedConnection connection) : DbTransaction
{
    public override IsolationLevel IsolationLevel => inner.IsolationLevel;

    protected override DbConnection DbConnection => connection;

    public override void Commit() => throw new NotSupportedException("Nothing here is synchronous.");

    public override async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        connection.Committing();
        await inner.CommitAsync(cancellationToken);
        connection.Committed();
    }

    public override void Rollback() => inner.Rollback();

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => inner.RollbackAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        connection.RolledBack();
        await base.DisposeAsync();
    }
}
