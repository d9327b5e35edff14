using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>An open connection of a context of its own. One user at a time.</summary>
internal sealed class OutboxSession(AsyncServiceScope scope, DbContext context, OutboxDialect dialect) : IAsyncDisposable
{
    private readonly DbConnection _connection = context.Database.GetDbConnection();
    private readonly int? _timeout = context.Database.GetCommandTimeout();
    private readonly Dictionary<string, DbCommand> _kept = new(StringComparer.Ordinal);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => dialect.PrepareAsync(_connection, cancellationToken);

    public ValueTask<IOutboxTransaction> BeginAsync(CancellationToken cancellationToken) => dialect.BeginAsync(_connection, cancellationToken);

    public DbCommand CreateCommand()
    {
        var command = _connection.CreateCommand();
        if (_timeout is { } seconds) command.CommandTimeout = seconds;
        return command;
    }

    /// <summary>Returns the same command for the same name, so that it need not be prepared again; the session disposes it.</summary>
    public DbCommand KeepCommand(string name) => _kept.TryGetValue(name, out var kept) ? kept : _kept[name] = CreateCommand();

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _kept.Values) await command.DisposeAsync().ConfigureAwait(false);
        await context.DisposeAsync().ConfigureAwait(false);
        await scope.DisposeAsync().ConfigureAwait(false);
    }
}
