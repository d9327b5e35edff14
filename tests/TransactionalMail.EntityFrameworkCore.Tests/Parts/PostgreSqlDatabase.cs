using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>A database of the PostgreSQL server that the tests share.</summary>
public sealed class PostgreSqlDatabase : TestDatabase
{
    private PostgreSqlDatabase(PostgreSqlServer server, string name)
    {
        Server = server;
        ConnectionString = server.ConnectionStringOf(name);
    }

    public PostgreSqlServer Server { get; }

    public string ConnectionString { get; }

    /// <summary>Makes one with functions that take the place of the server's clock for whoever asks.</summary>
    public static async Task<PostgreSqlDatabase> CreateAsync(PostgreSqlServer server)
    {
        var database = new PostgreSqlDatabase(server, await server.CreateDatabaseAsync());
        await database.ExecuteAsync(
            """
            CREATE SCHEMA test_clock;
            CREATE FUNCTION test_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
            $$ SELECT CAST(current_setting('test.now') AS timestamptz) $$;
            """);
        return database;
    }

    public override void Use(DbContextOptionsBuilder options, TimeProvider? clock = null)
    {
        options.UseNpgsql(ConnectionString);
        if (clock is not null) options.AddInterceptors(new Opened(clock));
    }

    public override async ValueTask DisposeAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    private sealed class Opened(TimeProvider clock) : DbConnectionInterceptor
    {
        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SET search_path = test_clock, public, pg_catalog; SET test.now = '{clock.GetUtcNow():O}'";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
