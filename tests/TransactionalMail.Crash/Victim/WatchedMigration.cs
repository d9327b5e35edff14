using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.Crash.Victim;

/// <summary>The trap around each table of ours that a migration makes, and before the migration counts as done.</summary>
internal sealed class WatchedMigration(Trap trap) : DbCommandInterceptor
{
    /// <summary>Gets whether a table was made.</summary>
    public bool HasTables { get; private set; }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (MakesTable(command)) trap.Reach("migration:before-table");
        if (command.CommandText.Contains("INTO \"__EFMigrationsHistory\"", StringComparison.Ordinal)) trap.Reach("migration:before-history");
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (MakesTable(command))
        {
            HasTables = true;
            trap.Reach("migration:after-table");
        }

        return ValueTask.FromResult(result);
    }

    private static bool MakesTable(DbCommand command) => command.CommandText.Contains("CREATE TABLE \"Mail", StringComparison.Ordinal);
}
