using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>An open connection: that of a context of its own, or one that the application lends with its transaction. One user at a time.</summary>
internal sealed class OutboxSession : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly OutboxDialect _dialect;
    private readonly int? _timeout;
    private readonly Func<ValueTask> _dispose;
    private readonly Dictionary<(string Sql, int Rows), DbCommand> _kept = [];

    public OutboxSession(AsyncServiceScope scope, DbContext context, OutboxDialect dialect)
    {
        _connection = context.Database.GetDbConnection();
        _timeout = context.Database.GetCommandTimeout();
        _dialect = dialect;
        _dispose = async () =>
        {
            await context.DisposeAsync().ConfigureAwait(false);
            await scope.DisposeAsync().ConfigureAwait(false);
        };
    }

    /// <param name="transaction">A transaction of the application, which stays open.</param>
    /// <param name="dialect">The dialect of its database.</param>
    public OutboxSession(DbTransaction transaction, OutboxDialect dialect)
    {
        _transaction = transaction;
        _connection = transaction.Connection ?? throw new ArgumentException("The transaction has ended. Enqueue before it is committed or rolled back.", nameof(transaction));
        _dialect = dialect;
        _dispose = static () => ValueTask.CompletedTask;
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => _dialect.PrepareAsync(_connection, cancellationToken);

    public ValueTask<IOutboxTransaction> BeginAsync(CancellationToken cancellationToken) => _dialect.BeginAsync(_connection, cancellationToken);

    /// <summary>Runs a statement. Returns how many rows it changed.</summary>
    public async ValueTask<int> ExecuteAsync(string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        var command = CreateCommand(sql, parameters);
        await using (command.ConfigureAwait(false)) return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement once for each handful of values. Returns how many rows it changed.</summary>
    /// <param name="values">The values, as many as there are.</param>
    /// <param name="columns">Makes a table of some of them, which the statement knows as <c>v</c>.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">What is the same for all.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<int> ExecuteAsync<T>(IEnumerable<T> values, Func<T[], OutboxValues[]> columns, string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        var changed = 0;
        await ForEachAsync(values, columns, sql, parameters, async command => changed += await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Runs a statement, and reads the rows that it returns.</summary>
    public async ValueTask<List<TRow>> ReadAsync<TRow>(string sql, (string Name, object Value)[] parameters, Func<DbDataReader, TRow> read, CancellationToken cancellationToken)
    {
        var command = CreateCommand(sql, parameters);
        await using (command.ConfigureAwait(false)) return await command.ReadAsync(read, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement once for each handful of values, and reads the rows that it returns.</summary>
    /// <inheritdoc cref="ExecuteAsync{T}" path="/param"/>
    public async ValueTask<List<TRow>> ReadAsync<T, TRow>(
        IEnumerable<T> values, Func<T[], OutboxValues[]> columns, string sql, (string Name, object Value)[] parameters, Func<DbDataReader, TRow> read, CancellationToken cancellationToken)
    {
        var rows = new List<TRow>();
        await ForEachAsync(values, columns, sql, parameters, async command => rows.AddRange(await command.ReadAsync(read, cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _kept.Values) await command.DisposeAsync().ConfigureAwait(false);
        await _dispose().ConfigureAwait(false);
    }

    private DbCommand CreateCommand(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        if (_timeout is { } seconds) command.CommandTimeout = seconds;
        foreach (var (name, value) in parameters) command.Add(name, value);
        return command;
    }

    private async ValueTask ForEachAsync<T>(IEnumerable<T> values, Func<T[], OutboxValues[]> columns, string sql, (string Name, object Value)[] parameters, Func<DbCommand, Task> run)
    {
        foreach (var some in values.Chunk(_dialect.RowsPerStatement)) await run(GetCommand(columns(some), sql, parameters)).ConfigureAwait(false);
    }

    /// <summary>Returns a command with its values. It is kept for as long as the session is open, and they with it; SQLite's driver has it prepared then.</summary>
    private DbCommand GetCommand(OutboxValues[] columns, string sql, (string Name, object Value)[] parameters)
    {
        var shape = (sql, _dialect.SpellsRows ? columns[0].Values.Length : 0);
        if (!_kept.TryGetValue(shape, out var command)) _kept[shape] = command = CreateCommand(_dialect.With(columns) + sql);
        var isNew = command.Parameters.Count == 0;
        _dialect.Fill(command, columns);
        for (var i = 0; i < parameters.Length; i++)
        {
            if (isNew) command.Add(parameters[i].Name, parameters[i].Value);
            else command.Parameters[command.Parameters.Count - parameters.Length + i].Value = parameters[i].Value;
        }

        return command;
    }
}
