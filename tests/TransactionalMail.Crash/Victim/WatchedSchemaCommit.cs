using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.Crash.Victim;

/// <summary>The trap around the commit of the tables.</summary>
internal sealed class WatchedSchemaCommit(Trap trap) : DbTransactionInterceptor
{
    public override ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        trap.Reach("schema:before-commit");
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        trap.Reach("schema:after-commit");
        return Task.CompletedTask;
    }
}
