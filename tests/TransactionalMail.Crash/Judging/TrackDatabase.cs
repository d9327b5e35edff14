using System.Globalization;
using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.Crash.Judging;

/// <summary>A database for processes that die, and a folder for what they leave; both go with it.</summary>
internal sealed class TrackDatabase : IAsyncDisposable
{
    private static int s_count;

    private readonly PostgreSqlCluster _cluster;
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"crash{Interlocked.Increment(ref s_count)}");
    private readonly DirectoryInfo _folder;

    private TrackDatabase(DatabaseKind kind, PostgreSqlCluster cluster, string folder)
    {
        (Kind, _cluster) = (kind, cluster);
        _folder = Directory.CreateDirectory(Path.Combine(folder, _name));
    }

    public DatabaseKind Kind { get; }

    public string ConnectionString => Kind is DatabaseKind.PostgreSql ? _cluster.ConnectionStringOf(_name) : $"Data Source={PathOf("shop.db")}";

    /// <param name="kind">Its kind.</param>
    /// <param name="cluster">The server, which runs where the kind needs it.</param>
    /// <param name="folder">Where its folder is made.</param>
    public static async Task<TrackDatabase> CreateAsync(DatabaseKind kind, PostgreSqlCluster cluster, string folder)
    {
        var database = new TrackDatabase(kind, cluster, folder);
        if (kind is DatabaseKind.PostgreSql) await database.ExecuteAsync($"CREATE DATABASE {database._name}");
        return database;
    }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public async ValueTask DisposeAsync()
    {
        if (Kind is DatabaseKind.PostgreSql) await ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        _folder.Delete(recursive: true);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_cluster.ConnectionStringOf("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
