using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

/// <summary>Says to a server exactly what a test wants said.</summary>
internal sealed class RawSmtpClient : IAsyncDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private Stream _stream = Stream.Null;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<RawSmtpClient> ConnectAsync(LocalSmtpServer server)
    {
        var client = await OpenAsync(server);
        await client.ReadReplyAsync();
        return client;
    }

    /// <summary>Connects, reads the greeting and says EHLO.</summary>
    public static async Task<RawSmtpClient> GreetAsync(LocalSmtpServer server)
    {
        var client = await ConnectAsync(server);
        await client.CommandAsync("EHLO client");
        return client;
    }

    /// <summary>Connects and reads nothing.</summary>
    public static async Task<RawSmtpClient> OpenAsync(LocalSmtpServer server)
    {
        var client = new RawSmtpClient();
        await client._tcp.ConnectAsync(server.Host, server.Port, Cancellation);
        client._stream = client._tcp.GetStream();
        return client;
    }

    public Task<string> CommandAsync(string line) => SendAsync(line + "\r\n", thenRead: true);

    public async Task<string> SendAsync(string text, bool thenRead = false)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
        return thenRead ? await ReadReplyAsync() : "";
    }

    /// <summary>Reads one reply, its lines joined by line feeds; empty where the server has closed.</summary>
    public async Task<string> ReadReplyAsync()
    {
        var lines = new List<string>();
        do
        {
            if (await ReadLineAsync() is not { } line) break;
            lines.Add(line);
        }
        while (lines[^1].Length > 3 && lines[^1][3] == '-');
        return string.Join('\n', lines);
    }

    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, Cancellation);
        return Encoding.UTF8.GetString(bytes);
    }

    public async Task<string> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        await _stream.CopyToAsync(all, Cancellation);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    public Task StartTlsAsync(X509Certificate pinned) => StartTlsAsync((_, certificate, _, _) => pinned.Equals(certificate));

    public async Task StartTlsAsync(RemoteCertificateValidationCallback validate)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, validate);
        await tls.AuthenticateAsClientAsync("localhost");
        _stream = tls;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await _stream.ReadAsync(one, Cancellation) == 1)
        {
            line.Add(one[0]);
            if (line is [.., (byte)'\r', (byte)'\n']) return Encoding.UTF8.GetString([.. line])[..^2];
        }

        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }
}
