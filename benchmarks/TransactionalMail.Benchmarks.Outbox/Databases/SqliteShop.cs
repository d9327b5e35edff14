using System.Data.Common;
using Hangfire;
using Hangfire.Storage.SQLite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.Benchmarks.Outbox.Databases;

/// <summary>A file with a write-ahead log, and with the synchronous=FULL that is SQLite's default.</summary>
internal sealed class SqliteShop : ShopDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("transactionalmail-").FullName;

    public override string ClaimOne =>
        "UPDATE \"Mails\" SET \"State\" = 1, \"Attempts\" = \"Attempts\" + 1 WHERE \"Id\" = (SELECT \"Id\" FROM \"Mails\" WHERE \"State\" = 0 AND \"DueAt\" <= @now ORDER BY \"DueAt\" LIMIT 1) RETURNING \"Id\", \"Payload\"";

    public override bool ClaimIsLock => false;

    private string ConnectionString => $"Data Source={Path.Combine(_folder, "shop.db")}";

    public static async Task<SqliteShop> CreateAsync()
    {
        var shop = new SqliteShop();
        await shop.CreateTablesAsync();
        _ = await shop.DescribeAsync();
        return shop;
    }

    /// <summary>Says what it is, and makes sure that it is durable.</summary>
    public async Task<string> DescribeAsync()
    {
        await using var connection = CreateConnection();
        await connection.OpenAsync();
        var (mode, synchronous) = (await AskAsync(connection, "PRAGMA journal_mode=WAL"), await AskAsync(connection, "PRAGMA synchronous"));
        if (mode != "wal" || synchronous != "2") throw new InvalidOperationException($"journal_mode is {mode} and synchronous {synchronous}: nothing measured here would be durable.");
        return $"SQLite {await AskAsync(connection, "SELECT sqlite_version()")}, journal_mode={mode}, synchronous=FULL";
    }

    public override void Use(DbContextOptionsBuilder options) => options.UseSqlite(ConnectionString);

    public override DbConnection CreateConnection() => new SqliteConnection(ConnectionString);

    public override JobStorage CreateHangfire() => new SQLiteStorage(
        Path.Combine(_folder, "jobs.db"), new SQLiteStorageOptions { JournalMode = SQLiteStorageOptions.JournalModes.WAL, QueuePollInterval = TimeSpan.FromMilliseconds(50) });

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(connection);
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
