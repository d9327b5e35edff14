using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace TransactionalMail.Crash.Victim;

/// <summary>A connection of the driver's, with the trap around each statement and each commit of a transaction.</summary>
/// <remarks>The library works on the connection itself, below what Entity Framework's interceptors see; so it gets this one.</remarks>
internal sealed class WatchedConnection(DbConnection inner, Trap trap) : DbConnection
{
    /// <summary>How many mails make a transaction one of several callers.</summary>
    private const int Group = 4;

    private string? _operation;
    private int _mails;
    private bool _hadRows;

    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Open() => inner.Open();

    public override Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public override void Close() => inner.Close();

    public override Task CloseAsync() => inner.CloseAsync();

    /// <summary>A transaction has begun.</summary>
    public void Begun()
    {
        (_operation, _mails, _hadRows) = (Doing.Now ?? "add", 0, false);
        trap.Reach($"{_operation}:begun");
    }

    /// <summary>A statement is about to run.</summary>
    public void Executing(string sql)
    {
        if (_operation is null) return; // a read
        if (Doing.Now is null && sql.StartsWith("WITH clock", StringComparison.Ordinal) && sql.Contains("DELETE FROM \"MailIdempotencyKey\"", StringComparison.Ordinal)) _operation = "purge";
        trap.Reach($"{_operation}:before-command");
    }

    /// <summary>A statement has run.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="rows">How many rows its parameters carry, each of which has one id.</param>
    /// <param name="hasRows">Whether it found any.</param>
    public void Executed(string sql, int rows, bool hasRows)
    {
        _hadRows |= hasRows;
        if (hasRows) trap.Reach($"{_operation}:after-command");
        if (_operation is not "add") return;
        if (sql.Contains("INTO \"MailIdempotencyKey\"", StringComparison.Ordinal)) trap.Reach("add:after-keys");
        if (sql.Contains("INTO \"MailOutboxContent\"", StringComparison.Ordinal)) trap.Reach("add:after-contents");
        if (!sql.Contains("INTO \"MailOutboxEntry\"", StringComparison.Ordinal)) return;
        trap.Reach("add:after-mails");
        _mails += rows;
        if (_mails >= Group) trap.Reach("group:inserted");
    }

    public void Committing() => Reach("before-commit");

    public void Committed()
    {
        Reach("after-commit");
        _operation = null;
    }

    public void RolledBack() => _operation = null;

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException("Nothing here is synchronous.");

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        var transaction = await inner.BeginTransactionAsync(isolationLevel, cancellationToken);
        Begun();
        return new WatchedTransaction(transaction, this);
    }

    protected override DbCommand CreateDbCommand() => new WatchedCommand(inner.CreateCommand(), this);

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>A transaction that found nothing to do is none.</summary>
    private void Reach(string moment)
    {
        if (!_hadRows) return;
        trap.Reach($"{_operation}:{moment}");
        if (_operation is "add" && _mails >= Group) trap.Reach($"group:{moment}");
    }
}
