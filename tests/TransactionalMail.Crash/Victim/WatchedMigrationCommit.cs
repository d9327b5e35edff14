using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.Crash.Victim;

/// <summary>The trap around the commit of the tables. What Entity Framework commits before, for itself, is none.</summary>
internal sealed class WatchedMigrationCommit(WatchedMigration migration, Trap trap) : DbTransactionInterceptor
{
    public override ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (migration.HasTables) trap.Reach("migration:before-commit");
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (migration.HasTables) trap.Reach("migration:after-commit");
        return Task.CompletedTask;
    }
}
