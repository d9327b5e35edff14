using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TransactionalMail.Testing.Smtp;

/// <summary>Accepts clients on the loopback address, runs a session for each, and ends them all when disposed.</summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private static readonly TimeSpan s_pauseAfterFault = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly Func<SmtpConnection, SmtpSession> _createSession;
    private readonly LocalSmtpServerOptions _options;
    private readonly SmtpTranscript _transcript;
    private readonly Action<Exception> _reportError;
    private readonly ConcurrentDictionary<int, Client> _clients = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;
    private int _connectionCount;

    /// <exception cref="IOException">The port is in use.</exception>
    public SmtpListener(
        LocalSmtpServerOptions options, SmtpTranscript transcript, Func<SmtpConnection, SmtpSession> createSession, Action<Exception> reportError)
    {
        (_options, _transcript, _createSession, _reportError) = (options, transcript, createSession, reportError);
        _socket = Listen(options.Port);
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        Stopping = _stopping.Token;
    }

    public int Port { get; }

    public CancellationToken Stopping { get; }

    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    public int OpenConnectionCount => _clients.Count;

    public IReadOnlyList<SmtpConnection> IdleConnections =>
        [.. _clients.Values.Where(client => client.Session.IsIdle).Select(client => client.Connection)];

    public void Start() => _accepting = Task.Run(AcceptAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _socket.Dispose();
        var clients = _clients.Values.ToList();
        foreach (var client in clients) client.Connection.Dispose();
        await Task.WhenAll(clients.Select(client => client.Completion)).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(512);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException(
                string.Create(CultureInfo.InvariantCulture, $"Cannot listen on 127.0.0.1:{port}. Choose another port, or 0 for any free one."), exception);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) await AcceptOneAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task AcceptOneAsync()
    {
        try
        {
            Serve(await _socket.AcceptAsync(Stopping).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            _reportError(exception);
            await Task.Delay(s_pauseAfterFault, Stopping).ConfigureAwait(false); // out of file handles, perhaps
        }
    }

    private void Serve(Socket socket)
    {
        socket.NoDelay = true;
        var id = Interlocked.Increment(ref _connectionCount);
        var connection = new SmtpConnection(id, socket, _transcript, _options.TimeProvider, Stopping);
        var client = new Client(connection, _createSession(connection));
        _clients[id] = client;
        client.Completion = Task.Run(() => ServeAsync(client));
    }

    private async Task ServeAsync(Client client)
    {
        try
        {
            await client.Session.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (Stopping.IsCancellationRequested || SmtpConnection.IsLoss(exception))
        {
            client.Connection.Note(SmtpSpeaker.Event, "connection lost");
        }
        catch (Exception exception)
        {
            _reportError(exception);
        }
        finally
        {
            client.Connection.Dispose();
            _clients.TryRemove(client.Connection.Id, out _);
        }
    }

    private sealed record Client(SmtpConnection Connection, SmtpSession Session)
    {
        public Task Completion { get; set; } = Task.CompletedTask;
    }
}
