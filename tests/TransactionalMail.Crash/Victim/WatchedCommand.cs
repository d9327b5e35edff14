using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace TransactionalMail.Crash.Victim;

/// <summary>A command of the driver's, with the trap around it. On SQLite transactions are statements, too.</summary>
internal sealed class WatchedCommand(DbCommand inner, WatchedConnection connection) : DbCommand
{
    [AllowNull]
    public override string CommandText
    {
        get => inner.CommandText;
        set => inner.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => inner.CommandTimeout;
        set => inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => inner.CommandType;
        set => inner.CommandType = value;
    }

    public override bool DesignTimeVisible
    {
        get => inner.DesignTimeVisible;
        set => inner.DesignTimeVisible = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => inner.UpdatedRowSource;
        set => inner.UpdatedRowSource = value;
    }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException("A command stays with its connection.");
    }

    protected override DbParameterCollection DbParameterCollection => inner.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => inner.Cancel();

    public override int ExecuteNonQuery() => throw new NotSupportedException("Nothing here is synchronous.");

    public override object? ExecuteScalar() => throw new NotSupportedException("Nothing here is synchronous.");

    public override void Prepare() => inner.Prepare();

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        Before();
        var rows = await inner.ExecuteNonQueryAsync(cancellationToken);
        After(rows > 0);
        return rows;
    }

    protected override DbParameter CreateDbParameter() => inner.CreateParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException("Nothing here is synchronous.");

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        Before();
        var reader = await inner.ExecuteReaderAsync(behavior, cancellationToken);
        After(reader.HasRows);
        return reader;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private void Before()
    {
        if (CommandText is "COMMIT") connection.Committing();
        else connection.Executing(CommandText);
    }

    private void After(bool hasRows)
    {
        if (CommandText is "BEGIN IMMEDIATE") connection.Begun();
        else if (CommandText is "COMMIT") connection.Committed();
        else if (CommandText is "ROLLBACK") connection.RolledBack();
        else connection.Executed(CommandText, inner.Parameters.Cast<DbParameter>().Sum(static p => p.Value switch { Guid[] ids => ids.Length, Guid => 1, _ => 0 }), hasRows);
    }
}
