using System.Data.Common;
using System.Globalization;
using System.Text;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>SQLite 3.35 and later. It has one writer at a time: those of this process queue here, the others wait for the lock.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to release.
internal sealed class SqliteDialect(TimeSpan lockTimeout) : OutboxDialect
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _turn = new(1);

    // The Julian day of 1970 is 2440587.5; SQLite's clock has milliseconds.
    public override string Now => "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 10000)";

    public override string False => "0";

    public override string SkipLocked => "";

    /// <remarks>SQLite finds a parameter by walking the list of all, so that many at once are slower than a few statements.</remarks>
    public override int RowsPerStatement => 16;

    public override bool SpellsRows => true;

    public override string? WaitShortly => null;

    public override bool IsConflict(Exception failure) => false;

    public override string With(OutboxValues[] columns)
    {
        var sql = new StringBuilder("WITH v(").AppendJoin(", ", columns.Select(static c => c.Name)).Append(") AS (VALUES ");
        for (var row = 0; row < columns[0].Values.Length; row++) sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", columns.Select(c => ParameterOf(c, row))).Append(')');
        return sql.Append(") ").ToString();
    }

    public override string IsIn(string column, string query) => $"{column} IN ({query})";

    public override void Fill(DbCommand command, OutboxValues[] columns)
    {
        var isNew = command.Parameters.Count == 0;
        for (var row = 0; row < columns[0].Values.Length; row++)
        {
            for (var c = 0; c < columns.Length; c++)
            {
                var value = columns[c].Values.GetValue(row) ?? DBNull.Value;
                if (isNew) command.Add(ParameterOf(columns[c], row), value);
                else command.Parameters[row * columns.Length + c].Value = value;
            }
        }
    }

    public override string? LockUntilCommit(string table) => null;

    /// <remarks>SQLite's own waiting looks again after milliseconds; the driver's sleeps 150 of them.</remarks>
    public override async ValueTask PrepareAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)lockTimeout.TotalMilliseconds}");
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <remarks>Before a connection is opened, but for the writer of groups, which keeps its own: then all writers use the same one of the driver's pool, whose pages stay in its cache.</remarks>
    public override async ValueTask<IDisposable?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(lockTimeout, cancellationToken).ConfigureAwait(false)) throw Busy(null);
        return new Turn(_turn);
    }

    public override async ValueTask<IOutboxTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "BEGIN IMMEDIATE", cancellationToken).ConfigureAwait(false);
        return new Transaction(this, connection);
    }

    public override MailDatabaseException Explain(DbException failure) => CodeOf(failure) switch
    {
        5 or 6 => Busy(failure),
        13 => new("The disk is full, or the database has reached its limit. Nothing was stored; make room, and try again.", failure, isTransient: true),
        10 or 14 => new("The database file cannot be read or written. Nothing was stored.", failure, isTransient: true),
        8 => new("The database file is read-only. Nothing was stored.", failure, isTransient: false),
        11 or 26 => new("The file is no database, or is damaged. It was left as it is.", failure, isTransient: false),
        1 => new("SQLite does not know what TransactionalMail works with. Add a migration to the model and apply it; the library must be SQLite 3.35 or later.", failure, isTransient: false),
        var code => new($"SQLite refused what was asked of it (code {code}).", failure, isTransient: false),
    };

    /// <remarks>With its prefix, or the driver would look for it without one first, among all there are.</remarks>
    private static string ParameterOf(OutboxValues column, int row) => string.Create(CultureInfo.InvariantCulture, $"@{column.Name}{row}");

    private MailDatabaseException Busy(DbException? failure) => new(
        $"The database was locked for {lockTimeout.TotalSeconds:0.#} s by other transactions. Nothing was stored; try again.", failure, isTransient: true);

    /// <summary>Reads the primary result code; the type that has it belongs to a package we do not reference.</summary>
    private static int CodeOf(DbException failure) => failure.GetType().GetProperty("SqliteErrorCode")?.GetValue(failure) is int code ? code : 0;

    private async ValueTask ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            command.CommandTimeout = Math.Max(1, (int)lockTimeout.TotalSeconds); // beyond SQLite's own waiting, the driver goes on until this
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Transaction(SqliteDialect dialect, DbConnection connection) : IOutboxTransaction
    {
        private bool _isOpen = true;

        public async ValueTask CommitAsync()
        {
            await dialect.ExecuteAsync(connection, "COMMIT", CancellationToken.None).ConfigureAwait(false);
            _isOpen = false;
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (_isOpen) await dialect.ExecuteAsync(connection, "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }
            catch (DbException)
            {
                // Some errors, a full disk among them, have rolled back already; whatever was open ends with the connection.
            }
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
