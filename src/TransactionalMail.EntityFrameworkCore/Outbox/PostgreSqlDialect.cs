using System.Data;
using System.Data.Common;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>PostgreSQL 12 and later: arrays carry the rows, so that a statement reads the same for any number of them.</summary>
internal sealed class PostgreSqlDialect : OutboxDialect
{
    public override string Now => "CAST(extract(epoch from clock_timestamp()) * 10000000 AS bigint)";

    public override string False => "false";

    public override string SkipLocked => "FOR UPDATE SKIP LOCKED";

    public override int RowsPerStatement => 1_000;

    public override bool SpellsRows => false;

    public override string? WaitShortly => "SET LOCAL lock_timeout = '200ms'";

    public override bool IsConflict(Exception failure) => failure.GetBaseException() is DbException { SqlState: "55P03" or "40P01" };

    public override string With(OutboxValues[] columns) =>
        $"WITH v({string.Join(", ", columns.Select(static c => c.Name))}) AS (SELECT * FROM unnest({string.Join(", ", columns.Select(static c => "@" + c.Name))})) ";

    /// <remarks>
    /// An outbox fills and empties faster than statistics are gathered. Joined with what it looks for, a table of mails was read whole for
    /// 256 of them, by the planner's choice; of an array that it does not know it expects few values, and takes the index.
    /// </remarks>
    public override string IsIn(string column, string query) => $"{column} = ANY(ARRAY({query}))";

    public override void Fill(DbCommand command, OutboxValues[] columns)
    {
        var isNew = command.Parameters.Count == 0;
        for (var c = 0; c < columns.Length; c++)
        {
            if (isNew) command.Add(columns[c].Name, columns[c].Values);
            else command.Parameters[c].Value = columns[c].Values;
        }
    }

    /// <remarks>An advisory lock, unlike one on the table, stands in nobody else's way. Its number is "MAIL", then that of the table.</remarks>
    public override string LockUntilCommit(string table) =>
        $"SELECT pg_advisory_xact_lock({0x4D41494CL << 32} + CAST(CAST(CAST('{table.Replace("'", "''", StringComparison.Ordinal)}' AS regclass) AS oid) AS bigint))";

    public override ValueTask PrepareAsync(DbConnection connection, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask<IDisposable?> TakeTurnAsync(CancellationToken cancellationToken) => default;

    /// <remarks>Whatever the server's default is: a stricter level would fail where two workers merely meet.</remarks>
    public override async ValueTask<IOutboxTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        new Transaction(await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false));

    public override MailDatabaseException Explain(DbException failure) => failure switch
    {
        { SqlState: null } => new("The database cannot be reached, or broke off; in the latter case nobody knows whether the last change was made. Try again.", failure, isTransient: true),
        { SqlState: "42P01" or "42703" } => new("The database lacks a table or a column of TransactionalMail. Add a migration to the model, and apply it.", failure, isTransient: false),
        { SqlState: ['5', '3', ..] } => new($"The database is out of a resource, disk space for instance ({failure.SqlState}). Nothing was stored.", failure, isTransient: true),
        _ => new($"The database refused what was asked of it ({failure.SqlState}).", failure, failure.IsTransient),
    };

    private sealed class Transaction(DbTransaction transaction) : IOutboxTransaction
    {
        public async ValueTask CommitAsync() => await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);

        public ValueTask DisposeAsync() => transaction.DisposeAsync();
    }
}
