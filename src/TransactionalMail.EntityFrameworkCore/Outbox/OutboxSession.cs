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
    private readonly Dictionary<string, DbCommand> _kept = new(StringComparer.Ordinal);

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

    public DbCommand CreateCommand()
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        if (_timeout is { } seconds) command.CommandTimeout = seconds;
        return command;
    }

    /// <summary>Returns the same command for the same name, so that it need not be prepared again; the session disposes it.</summary>
    public DbCommand KeepCommand(string name) => _kept.TryGetValue(name, out var kept) ? kept : _kept[name] = CreateCommand();

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _kept.Values) await command.DisposeAsync().ConfigureAwait(false);
        await _dispose().ConfigureAwait(false);
    }
}
