using System.Data.Common;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.Benchmarks.Outbox.Databases;

/// <summary>A database on a server that this program started, with its defaults and <c>fsync=on</c>.</summary>
internal sealed class PostgreSqlShop(PostgreSqlCluster server, string name) : ShopDatabase
{
    private static int s_count;

    public override string ClaimOne => "SELECT \"Id\", \"Payload\" FROM \"Mails\" WHERE \"State\" = 0 AND \"DueAt\" <= @now ORDER BY \"DueAt\" LIMIT 1 FOR UPDATE SKIP LOCKED";

    public override bool ClaimIsLock => true;

    public static async Task<PostgreSqlShop> CreateAsync(PostgreSqlCluster server)
    {
        var shop = new PostgreSqlShop(server, $"shop{Interlocked.Increment(ref s_count)}");
        await shop.CreateTablesAsync();
        await using var connection = shop.CreateConnection();
        await connection.OpenAsync();
        await AskAsync(connection, "CHECKPOINT");
        return shop;
    }

    /// <summary>Says what it is, and makes sure that it is durable.</summary>
    public async Task<string> DescribeAsync()
    {
        await using var connection = CreateConnection();
        await connection.OpenAsync();
        var (fsync, commit) = (await AskAsync(connection, "SHOW fsync"), await AskAsync(connection, "SHOW synchronous_commit"));
        if (fsync != "on" || commit != "on") throw new InvalidOperationException($"fsync is {fsync} and synchronous_commit {commit}: nothing measured here would be durable.");
        return $"PostgreSQL {await AskAsync(connection, "SHOW server_version")}, fsync={fsync}, synchronous_commit={commit}, on 127.0.0.1";
    }

    public override void Use(DbContextOptionsBuilder options) => options.UseNpgsql(server.ConnectionStringOf(name));

    public override DbConnection CreateConnection() => new NpgsqlConnection(server.ConnectionStringOf(name));

    public override JobStorage CreateHangfire() => new PostgreSqlStorage(
        new NpgsqlConnectionFactory(server.ConnectionStringOf(name), new PostgreSqlStorageOptions()), new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(50) });

    public override async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(server.ConnectionStringOf("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await AskAsync(connection, $"DROP DATABASE {name} WITH (FORCE)");
    }
}
