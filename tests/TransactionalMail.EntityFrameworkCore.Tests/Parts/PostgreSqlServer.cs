using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Interop.Tests.Parts;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>A PostgreSQL server of the tests' own, on a free port of the loopback address; started when first asked for, and stopped at the end.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private static readonly Part s_programs = new("PostgreSQL is missing: apt-get install postgresql.", Program("initdb"), "--version");

    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"transactionalmail-{Guid.NewGuid():N}");
    private int _port;
    private int _databases;
    private bool _isStarted;

    public string ConnectionStringOf(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=app;Database={database};Timeout=5;Command Timeout=20;SSL Mode=Disable;Include Error Detail=false;Max Auto Prepare=40;Maximum Pool Size=80";

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

    public async Task StartAsync()
    {
        s_programs.Require();
        await _starting.WaitAsync();
        try
        {
            if (_isStarted) return;
            if (!Directory.Exists(_folder))
            {
                Directory.CreateDirectory(_folder);
                if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", _folder);
                await RunAsServerAsync(Program("initdb"), "-D", Path.Combine(_folder, "data"), "-A", "trust", "-U", "app", "-E", "UTF8", "--no-sync");
                _port = FindPort();
            }

            await RunAsServerAsync(
                Program("pg_ctl"), "-D", Path.Combine(_folder, "data"), "-w", "-t", "30", "-l", Path.Combine(_folder, "log"),
                "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=on -c max_connections=200", "start");
            _isStarted = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Stops it as a crash would: nothing is flushed, connections break.</summary>
    public async Task CrashAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (!_isStarted) return;
            await RunAsServerAsync(Program("pg_ctl"), "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "-t", "30", "stop");
            _isStarted = false;
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        _starting.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Finds what distributions keep out of the path.</summary>
    private static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetFiles("/usr/lib/postgresql", name, SearchOption.AllDirectories).OrderBy(static path => path, StringComparer.Ordinal).LastOrDefault() ?? name
            : name;

    /// <summary>Finds a free port below those that outgoing connections get, so that none of them takes it before the server does, or while it is down.</summary>
    private static int FindPort()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; there are others.
            }
        }
    }

    /// <remarks>PostgreSQL refuses to run as root, and root alone may become somebody else.</remarks>
    private static Task RunAsServerAsync(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", program, .. arguments]) : RunAsync(program, arguments);

    /// <remarks>Its output is not read: the server inherits it, and would keep it open for as long as it runs.</remarks>
    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.Should().Be(0, $"{program} should work");
    }
}
