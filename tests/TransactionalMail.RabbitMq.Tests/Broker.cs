using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>A RabbitMQ server on loopback, with a node name, ports and a folder of its own, that ends with whoever started it.</summary>
public sealed class Broker : IAsyncDisposable
{
    /// <summary>The server, where packages install it.</summary>
    public const string Program = $"{Folder}/rabbitmq-server";

    private const string Folder = "/usr/lib/rabbitmq/bin";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("transactionalmail-rabbit-");
    private readonly int _port = FreePort();
    private readonly int _tlsPort = FreePort();
    private readonly int _distributionPort = FreePort();
    private readonly int _epmdPort = FreePort();
    private Dictionary<string, string> _environment = [];
    private Process? _epmd;
    private Process? _server;

    /// <summary>Gets where it listens.</summary>
    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_port}/");

    /// <summary>Gets where it listens with TLS, under the address; its certificate, which nobody signed, is for <c>localhost</c>.</summary>
    public Uri TlsUri => new($"amqps://guest:guest@127.0.0.1:{_tlsPort}/");

    /// <summary>Gets a line of configuration of its own.</summary>
    public string Setting { get; init; } = "";

    /// <summary>Starts it, again on what it had stored; returns when it accepts connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var config = Path.Combine(_folder.FullName, "rabbit.conf");
        var certificate = await WriteCertificateAsync(cancellationToken);
        await File.WriteAllTextAsync(
            config,
            $"listeners.tcp.1 = 127.0.0.1:{_port}\nlisteners.ssl.1 = 127.0.0.1:{_tlsPort}\nssl_options.certfile = {certificate}\nssl_options.keyfile = {certificate}\nssl_options.cacertfile = {certificate}\n{Setting}\n",
            cancellationToken);
        _environment = new(StringComparer.Ordinal)
        {
            ["HOME"] = _folder.FullName,
            ["RABBITMQ_NODENAME"] = $"mail{_port}@localhost",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder.FullName, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder.FullName, "log"),
            ["RABBITMQ_CONFIG_FILE"] = config,
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder.FullName, "plugins"),
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            ["ERL_EPMD_PORT"] = _epmdPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        };
        _epmd ??= Run("epmd", ["-port", _epmdPort.ToString(CultureInfo.InvariantCulture), "-address", "127.0.0.1"]);
        _server = Run(Program, []);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        while (!await AnswersAsync(patience.Token))
        {
            if (_server.HasExited) throw new InvalidOperationException($"The server ended with code {_server.ExitCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token); // nothing tells that it is up but trying
        }
    }

    /// <summary>Adds a user who may do everything, and returns where that user connects.</summary>
    public async Task<Uri> AddUserAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var command in new string[][] { ["add_user", name, "secret"], ["set_permissions", name, ".*", ".*", ".*"] })
        {
            using var control = Run($"{Folder}/rabbitmqctl", command);
            await control.WaitForExitAsync(cancellationToken);
            if (control.ExitCode != 0) throw new InvalidOperationException($"rabbitmqctl {command[0]} ended with code {control.ExitCode}.");
        }

        return new Uri($"amqp://{name}:secret@127.0.0.1:{_port}/");
    }

    /// <summary>Ends it as a power failure would.</summary>
    public async Task KillAsync()
    {
        if (_server is null) return;
        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync(CancellationToken.None);
        _server.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_epmd is not null)
        {
            _epmd.Kill();
            await _epmd.WaitForExitAsync();
            _epmd.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private Process Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> WriteCertificateAsync(CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder.FullName, "certificate.pem");
        await File.WriteAllTextAsync(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n", cancellationToken);
        return path;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await new ConnectionFactory { Uri = Uri }.CreateConnectionAsync(cancellationToken);
            return true;
        }
        catch (BrokerUnreachableException)
        {
            return false;
        }
    }
}
