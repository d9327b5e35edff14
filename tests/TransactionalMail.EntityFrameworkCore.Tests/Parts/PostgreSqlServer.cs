using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Interop.Tests.Parts;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>The PostgreSQL server that the tests share; started when first asked for, and stopped at the end.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private static readonly Part s_programs = new("PostgreSQL is missing: apt-get install postgresql.", PostgreSqlCluster.Program("initdb"), "--version");

    private readonly PostgreSqlCluster _cluster = new();
    private int _databases;

    public string ConnectionStringOf(string database) => _cluster.ConnectionStringOf(database);

    /// <summary>Makes an empty database, on a server that runs. Skips the test where there is no PostgreSQL.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await StartAsync();
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionStringOf("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return name;
    }

    public Task StartAsync()
    {
        s_programs.Require();
        return _cluster.StartAsync();
    }

    /// <summary>Stops it as a crash would: nothing is flushed, connections break.</summary>
    public Task CrashAsync() => _cluster.CrashAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
