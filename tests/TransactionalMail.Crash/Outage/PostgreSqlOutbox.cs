using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace TransactionalMail.Crash.Outage;

/// <summary>The outbox in PostgreSQL, where a function of ours is found before the <c>clock_timestamp</c> that tells the time.</summary>
/// <param name="connectionString">The database, which is empty.</param>
internal sealed class PostgreSqlOutbox(string connectionString) : DatabaseOutbox(DatabaseKind.PostgreSql, connectionString)
{
    private readonly string _connectionString = $"{connectionString};Search Path=outage,pg_catalog,public";
    private readonly NpgsqlConnection _hand = new(connectionString);

    public override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await _hand.OpenAsync();
        await using var command = _hand.CreateCommand();
        command.CommandText = """
            CREATE SCHEMA outage;
            CREATE UNLOGGED TABLE outage.clock AS SELECT pg_catalog.clock_timestamp() AS now;
            CREATE FUNCTION outage.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT now FROM outage.clock';
            """;
        await command.ExecuteNonQueryAsync();
    }

    public override async Task SetClockAsync(DateTimeOffset now)
    {
        await using var command = _hand.CreateCommand();
        command.CommandText = "UPDATE outage.clock SET now = $1";
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _hand.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Use(DbContextOptionsBuilder options) => options.UseNpgsql(_connectionString);
}
