using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.Crash.Victim;

/// <summary>The trap before and after each table that is made.</summary>
internal sealed class WatchedSchema(Trap trap) : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (MakesTable(command)) trap.Reach("schema:before-table");
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (MakesTable(command)) trap.Reach("schema:after-table");
        return ValueTask.FromResult(result);
    }

    private static bool MakesTable(DbCommand command) => command.CommandText.Contains("CREATE TABLE", StringComparison.Ordinal);
}
