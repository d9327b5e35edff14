using System.Net;
using System.Net.Sockets;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>Stands between an outbox and its broker, and can keep back what the broker answers to those who publish.</summary>
internal sealed class LateAnswers : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _broker;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _released = new();

    public LateAnswers(Broker broker)
    {
        _broker = broker.Uri;
        _released.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"amqp://{_broker.UserInfo}@{_listener.LocalEndpoint}/");

    public void Hold() => _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.SetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _end.Dispose();
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, Task> before, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await before(buffer.AsMemory(0, count)).WaitAsync(cancellationToken);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private async Task AcceptAsync()
    {
        while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token));
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var mine = client;
        using var server = new TcpClient();
        await server.ConnectAsync(_broker.Host, _broker.Port, _end.Token);
        var (asked, answered, isPublisher) = (client.GetStream(), server.GetStream(), false);
        var asking = CopyAsync(asked, answered, part =>
        {
            isPublisher |= part.Span.IndexOf("TransactionalMail publisher"u8) >= 0; // the name of the connection, told as it opens
            return Task.CompletedTask;
        }, _end.Token);
        var answering = CopyAsync(answered, asked, _ => isPublisher ? _released.Task : Task.CompletedTask, _end.Token);
        await Task.WhenAny(asking, answering);
    }
}
