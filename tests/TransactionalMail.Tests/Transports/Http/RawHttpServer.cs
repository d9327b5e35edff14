using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TransactionalMail.Tests.Transports.Http;

/// <summary>A server on loopback that reads a request, as far as a test wants, and then does what the test says to the bare connection and with what was read.</summary>
internal sealed class RawHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, string, Task> _act;
    private readonly bool _readsBody;
    private readonly Task _running;
    private int _requests;

    public RawHttpServer(Func<NetworkStream, string, Task> act, bool readsBody = true)
    {
        _act = act;
        _readsBody = readsBody;
        _listener.Start();
        _running = RunAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            await ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var head = new StringBuilder();
            head.Append((char)await ReadByteAsync(stream));
            if (head[0] is '\u0016')
            {
                await stream.WriteAsync("HTTP/1.1 400 No TLS here\r\n\r\n"u8.ToArray()); // the client wants TLS
                return;
            }

            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)await ReadByteAsync(stream));
            Interlocked.Increment(ref _requests);
            var length = int.Parse(head.ToString().Split("Content-Length: ")[1].Split('\r')[0], CultureInfo.InvariantCulture);
            var body = new byte[_readsBody ? length : 0];
            await stream.ReadExactlyAsync(body);
            await _act(stream, head + Encoding.UTF8.GetString(body));
        }
        catch (IOException)
        {
            // The client left.
        }
    }

    private static async Task<int> ReadByteAsync(NetworkStream stream)
    {
        var one = new byte[1];
        return await stream.ReadAsync(one) == 1 ? one[0] : throw new IOException("The client left.");
    }
}
