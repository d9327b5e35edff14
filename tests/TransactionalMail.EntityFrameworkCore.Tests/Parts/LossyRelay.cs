using System.Net;
using System.Net.Sockets;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>Stands between an application and its PostgreSQL server, and breaks off once: after a commit, before its answer.</summary>
internal sealed class LossyRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _work = [];
    private readonly int _serverPort;
    private int _answersToLose;
    private int _lostAnswers;

    public LossyRelay(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _work.Add(AcceptAsync());
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int LostAnswers => Volatile.Read(ref _lostAnswers);

    public void LoseNextAnswer() => Volatile.Write(ref _answersToLose, 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested) _work.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            var (up, down) = (client.GetStream(), server.GetStream());
            var isLost = false;
            await Task.WhenAny(
                PumpAsync(up, down, bytes =>
                {
                    if (bytes.IndexOf("COMMIT"u8) >= 0 && Interlocked.Exchange(ref _answersToLose, 0) == 1) Volatile.Write(ref isLost, true);
                    return true;
                }),
                PumpAsync(down, up, _ =>
                {
                    if (!Volatile.Read(ref isLost)) return true;
                    Interlocked.Increment(ref _lostAnswers);
                    return false;
                }));
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, PassOn passOn)
    {
        var buffer = new byte[16_384];
        while (await from.ReadAsync(buffer, _stop.Token) is var count and > 0)
        {
            if (!passOn(buffer.AsSpan(0, count))) return;
            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private delegate bool PassOn(ReadOnlySpan<byte> bytes);
}
