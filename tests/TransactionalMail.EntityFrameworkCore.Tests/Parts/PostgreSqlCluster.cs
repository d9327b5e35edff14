using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>A PostgreSQL server of our own, on a free port of the loopback address, with its files in a folder that goes with it.</summary>
internal sealed class PostgreSqlCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"transactionalmail-{Guid.NewGuid():N}");
    private int _port;
    private bool _isStarted;

    public string ConnectionStringOf(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=app;Database={database};Timeout=5;Command Timeout=20;SSL Mode=Disable;Include Error Detail=false;Max Auto Prepare=40;Maximum Pool Size=80";

    /// <summary>Starts it; nothing happens where it runs.</summary>
    public async Task StartAsync()
    {
        await _turn.WaitAsync();
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
            _turn.Release();
        }
    }

    /// <summary>Stops it as a crash would: nothing is flushed, connections break.</summary>
    public async Task CrashAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (!_isStarted) return;
            await RunAsServerAsync(Program("pg_ctl"), "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "-t", "30", "stop");
            _isStarted = false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        _turn.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Finds what distributions keep out of the path.</summary>
    public static string Program(string name) =>
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
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}. Is PostgreSQL installed (apt-get install postgresql)?");
    }
}
