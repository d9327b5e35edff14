using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using TransactionalMail.Interop.Tests.Parts;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>An SMTP server by somebody else, in a process of its own, on a free port of 127.0.0.1.</summary>
internal sealed class OutsideSmtpServer : IAsyncDisposable
{
    public const string AioSmtpd = "aiosmtpd";
    public const string SmtpServer = "smtp-server";

    private static readonly Dictionary<string, (Part Part, string Interpreter, string Script)> s_servers = new()
    {
        [AioSmtpd] = (
            new Part("aiosmtpd is not installed (apt-get install python3-aiosmtpd).", Part.Python, "-c", "import aiosmtpd.smtp"), Part.Python, "server_aiosmtpd.py"),
        [SmtpServer] = (
            new Part("smtp-server is not installed (npm install in tests/TransactionalMail.Interop.Tests).", "node", "-e", "require('smtp-server')"), "node", "server_node.js"),
    };

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly Process _process;
    private readonly Task<List<OutsideMessage>> _receiving;

    private OutsideSmtpServer(Process process, int port)
    {
        _process = process;
        _receiving = ReceiveAsync(process.StandardOutput);
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts a server and returns when it listens.</summary>
    public static async Task<OutsideSmtpServer> StartAsync(string name, OutsideSmtpSettings settings, CancellationToken cancellationToken)
    {
        var (part, interpreter, script) = s_servers[name];
        part.Require();
        var process = Process.Start(new ProcessStartInfo(interpreter, [Part.FilePath($"Smtp/{script}")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(settings, s_json).AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        var ready = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"{name} ended before it listened.");
        return new OutsideSmtpServer(process, JsonDocument.Parse(ready).RootElement.GetProperty("port").GetInt32());
    }

    /// <summary>Stops the server and returns everything it took.</summary>
    public async Task<IReadOnlyList<OutsideMessage>> StopAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        return await _receiving.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<List<OutsideMessage>> ReceiveAsync(StreamReader output)
    {
        var messages = new List<OutsideMessage>();
        while (await output.ReadLineAsync() is { } line) messages.Add(JsonSerializer.Deserialize<OutsideMessage>(line, s_json)!);
        return messages;
    }
}
