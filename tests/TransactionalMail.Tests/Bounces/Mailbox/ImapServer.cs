using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TransactionalMail.Tests.Bounces.Mailbox;

/// <summary>As much of an IMAP server (RFC 3501) as a mailbox watcher needs, in this process.</summary>
internal sealed class ImapServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<ImapMessage> _messages = [];
    private readonly List<ImapConnection> _connections = [];
    private readonly Task _accepting;

    public ImapServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Capabilities { get; init; } = "IMAP4rev1 IDLE MOVE UIDPLUS";

    public bool HasKeywords { get; init; } = true;

    public string Password { get; init; } = "hunter2";

    /// <summary>Gets how many connections there were.</summary>
    public int Connections { get; private set; }

    /// <summary>Gets the commands that came, without their arguments.</summary>
    public IReadOnlyList<string> Commands => Locked(() => _connections.SelectMany(static c => c.Commands).ToArray());

    public IReadOnlyList<ImapMessage> Messages => Locked(() => _messages.ToArray());

    public IReadOnlyList<ImapMessage> In(string folder) => Locked(() => _messages.Where(m => m.Folder == folder).ToArray());

    public ImapMessage Deliver(string message)
    {
        var delivered = Locked(() =>
        {
            var made = new ImapMessage(_messages.Count + 1, Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")));
            _messages.Add(made);
            return made;
        });
        foreach (var connection in Locked(() => _connections.ToArray())) connection.TellOfChange();
        return delivered;
    }

    public void DropConnections()
    {
        foreach (var connection in Locked(() => _connections.ToArray())) connection.Drop();
    }

    public void Move(ImapMessage message, string folder) => Locked(() => message.Folder = folder);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        DropConnections();
        await _accepting;
        _stop.Dispose();
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_lock) return action();
    }

    private async Task AcceptAsync()
    {
        List<Task> served = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var connection = new ImapConnection(this, client);
                Locked(() =>
                {
                    _connections.Add(connection);
                    return ++Connections;
                });
                served.Add(connection.ServeAsync());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }
}
