using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>A file of SQLite's, with the write-ahead log that is recommended.</summary>
public sealed class SqliteDatabase : TestDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("transactionalmail-").FullName;

    public string ConnectionString => $"Data Source={Path.Combine(_folder, "shop.db")}";

    /// <summary>Gets or sets how many pages the file may have, as a disk that is full would have it.</summary>
    public long? MaxPages { get; set; }

    /// <summary>Gets or sets whether connections are left as they open.</summary>
    public bool IsPlain { get; set; }

    public override void Use(DbContextOptionsBuilder options, TimeProvider? clock = null)
    {
        options.UseSqlite(ConnectionString);
        if (!IsPlain) options.AddInterceptors(new Opened(this, clock));
    }

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(connection);
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives SQLite the clock of the test in the place of its own, and the log.</summary>
    private sealed class Opened(SqliteDatabase database, TimeProvider? clock) : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (new SqliteConnectionStringBuilder(connection.ConnectionString).Mode is SqliteOpenMode.ReadOnly) return; // only to see whether there is a file
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + (database.MaxPages is { } pages ? $"PRAGMA max_page_count={pages}" : "");
            command.ExecuteNonQuery();
            if (clock is not null) ((SqliteConnection)connection).CreateFunction("julianday", (string _) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays + 2440587.5);
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
