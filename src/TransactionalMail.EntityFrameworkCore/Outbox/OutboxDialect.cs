using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>What databases do differently. Their drivers are reached through ADO.NET alone, so that no application gets one it does not use.</summary>
internal abstract class OutboxDialect
{
    /// <summary>Gets the time by the database's clock, in ticks of 100 ns since 1970.</summary>
    public abstract string Now { get; }

    /// <summary>Gets the value that is not true.</summary>
    public abstract string False { get; }

    /// <summary>Gets what makes a claim pass over rows that another one is taking.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>Gets how many rows one statement takes at most.</summary>
    public abstract int RowsPerStatement { get; }

    /// <summary>Gets a table <c>clock</c> of that time, <c>now</c>, to follow WITH: as a scalar, which an index is searched for, and one time for a whole statement.</summary>
    public string Clock => $"clock AS MATERIALIZED (SELECT {Now} AS now)";

    /// <summary>Gets whether <see cref="With"/> spells out each row, so that a statement reads differently for another number of them.</summary>
    public abstract bool SpellsRows { get; }

    /// <summary>Gets what makes the rest of a transaction fail, rather than wait long, where another one holds a row; <see langword="null"/> where writers do not meet at rows.</summary>
    public abstract string? WaitShortly { get; }

    /// <summary>Returns whether a failure comes of meeting another transaction at a row.</summary>
    public abstract bool IsConflict(Exception failure);

    /// <summary>Returns the dialect that a context's database speaks.</summary>
    /// <exception cref="InvalidOperationException">Nobody taught us.</exception>
    public static OutboxDialect Of(DbContext context, TimeSpan lockTimeout) => context.Database.ProviderName switch
    {
        "Npgsql.EntityFrameworkCore.PostgreSQL" => new PostgreSqlDialect(),
        "Microsoft.EntityFrameworkCore.Sqlite" => new SqliteDialect(lockTimeout),
        var other => throw new InvalidOperationException(
            $"{context.GetType().Name} uses the database provider {other}, which TransactionalMail does not know. PostgreSQL (Npgsql.EntityFrameworkCore.PostgreSQL) and SQLite (Microsoft.EntityFrameworkCore.Sqlite) work."),
    };

    /// <summary>Writes <c>WITH v(…) AS (…) </c>, a table for as many values as there are.</summary>
    public abstract string With(OutboxValues[] columns);

    /// <summary>Writes the condition that a column has one of the values that a query returns, so that an index of the column is searched for each.</summary>
    public abstract string IsIn(string column, string query);

    /// <summary>Gives a command the values of its table; they are its first parameters.</summary>
    public abstract void Fill(DbCommand command, OutboxValues[] columns);

    /// <summary>Returns what makes a transaction the only one that changes a table at that time, or <see langword="null"/> where each one that may write is.</summary>
    public abstract string? LockUntilCommit(string table);

    /// <summary>Makes a connection ready, once it is open.</summary>
    public abstract ValueTask PrepareAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Waits until it is this caller's turn to write, in a database that has one writer at a time. To be disposed after the transaction.</summary>
    public abstract ValueTask<IDisposable?> TakeTurnAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction that may write, once nobody stands in its way.</summary>
    public abstract ValueTask<IOutboxTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Says what a failure means.</summary>
    public abstract MailDatabaseException Explain(DbException failure);
}
