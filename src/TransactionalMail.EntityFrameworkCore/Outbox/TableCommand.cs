using System.Data.Common;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A command that is given a table of values each time it runs. It is written anew only when there are not as many rows as before; SQLite's driver keeps it prepared otherwise.</summary>
/// <param name="command">The command.</param>
/// <param name="dialect">What writes the table.</param>
/// <param name="sql">The statement, which knows the table as <c>v</c>.</param>
/// <param name="parameters">What is the same each time.</param>
internal sealed class TableCommand(DbCommand command, OutboxDialect dialect, string sql, params (string Name, object Value)[] parameters) : IAsyncDisposable
{
    private int _rows;

    /// <summary>Returns the command with these values.</summary>
    public DbCommand With(OutboxValues[] columns)
    {
        var isNew = columns[0].Values.Length != _rows;
        if (isNew)
        {
            _rows = columns[0].Values.Length;
            command.CommandText = dialect.With(columns) + sql;
            command.Parameters.Clear();
        }

        dialect.Fill(command, columns);
        if (isNew) foreach (var (name, value) in parameters) command.Add(name, value);
        return command;
    }

    public ValueTask DisposeAsync() => command.DisposeAsync();
}
