using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using TransactionalMail.Testing.Smtp;

namespace TransactionalMail.Testing;

/// <summary>An SMTP server inside this process, on 127.0.0.1 only, for tests and local development. It keeps what it receives and relays nothing.</summary>
/// <remarks>
/// <para>All members are thread-safe. A message is in <see cref="Messages"/> before its client has the reply.</para>
/// <para>
/// Replies can be prescribed for each <see cref="SmtpStage"/>. They are asked for only where the server itself would go on: a command out of
/// sequence is refused either way. Those of <see cref="ReplyOnce"/> come first, in order; then those of <see cref="On"/>, <see cref="Reply"/>
/// and <see cref="RejectRecipient"/>, the newest first. A message counts as received unless the reply to its end is a refusal (4xx or 5xx):
/// after <see cref="SmtpReply.Close"/> there, the server has the message and the client cannot know it.
/// </para>
/// </remarks>
public sealed class LocalSmtpServer : IAsyncDisposable
{
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(10);

    private readonly LocalSmtpServerOptions _options;
    private readonly X509Certificate2? _ownCertificate;
    private readonly SmtpScript _script = new();
    private readonly ReceivedMessageStore _store;
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly SmtpListener _listener;
    private int _disposed;

    private LocalSmtpServer(LocalSmtpServerOptions options)
    {
        _options = options;
        _store = new ReceivedMessageStore(options.RetainMessages);
        Transcript = new SmtpTranscript(options.TranscriptCapacity);
        if (options is { Security: not SmtpServerSecurity.None, Certificate: null }) _ownCertificate = SelfSignedCertificate.Create();
        _listener = new SmtpListener(options, Transcript, CreateSession, Report);
        _listener.Start();
    }

    /// <summary>Gets the address to connect to.</summary>
    /// <value><c>127.0.0.1</c>.</value>
    public string Host { get; } = "127.0.0.1";

    /// <summary>Gets the TCP port.</summary>
    public int Port => _listener.Port;

    /// <summary>Gets a DSN for this server, with the configured credentials: <c>smtp://127.0.0.1:2525?security=none</c>.</summary>
    /// <value><c>security</c> is <c>none</c>, <c>starttls</c> or <c>tls</c>.</value>
    public string Dsn
    {
        get
        {
            var user = _options is { UserName: { } name, Password: { } password } ? $"{Uri.EscapeDataString(name)}:{Uri.EscapeDataString(password)}@" : "";
            return string.Create(CultureInfo.InvariantCulture, $"smtp://{user}{Host}:{Port}?security={SecurityName(_options.Security)}");
        }
    }

    /// <summary>Gets the certificate the server presents, which a client can pin.</summary>
    /// <value><see langword="null"/> without TLS. It is disposed with the server unless it came from the options.</value>
    public X509Certificate2? Certificate => _options.Security is SmtpServerSecurity.None ? null : _options.Certificate ?? _ownCertificate;

    /// <summary>Gets a snapshot of the messages received since the start or the latest <see cref="Clear"/>, in the order of arrival.</summary>
    /// <value>Always empty where <see cref="LocalSmtpServerOptions.RetainMessages"/> is off.</value>
    public IReadOnlyList<ReceivedMessage> Messages => _store.Snapshot();

    /// <summary>Gets how many messages were received since the start or the latest <see cref="Clear"/>, retained or not.</summary>
    public int MessageCount => _store.Count;

    /// <summary>Gets how many connections were accepted since the start.</summary>
    public int ConnectionCount => _listener.ConnectionCount;

    /// <summary>Gets how many connections are open now.</summary>
    public int OpenConnectionCount => _listener.OpenConnectionCount;

    /// <summary>Gets what was said on all connections.</summary>
    public SmtpTranscript Transcript { get; }

    /// <summary>Gets a snapshot of what callbacks threw (<see cref="On"/>, <see cref="LocalSmtpServerOptions.OnMessage"/>), and of faults of the server itself.</summary>
    public IReadOnlyList<Exception> Errors => [.. _errors];

    /// <summary>Starts a server.</summary>
    /// <param name="options">How it behaves; <see langword="null"/> takes the defaults.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static LocalSmtpServer Start(LocalSmtpServerOptions? options = null) => new(options ?? new LocalSmtpServerOptions());

    /// <summary>Prescribes the next reply at a stage; several are used in order, one each.</summary>
    public void ReplyOnce(SmtpStage stage, SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        _script.AddOnce(stage, reply);
    }

    /// <summary>Prescribes every reply at a stage.</summary>
    public void Reply(SmtpStage stage, SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        _script.Add(stage, _ => reply);
    }

    /// <summary>Prescribes the reply to <c>RCPT TO</c> for one mailbox, whatever its letter case.</summary>
    /// <param name="mailbox">The address.</param>
    /// <param name="reply">The reply; <see langword="null"/> is <c>550 5.1.1 No such mailbox</c>.</param>
    public void RejectRecipient(string mailbox, SmtpReply? reply = null)
    {
        reply ??= "550 5.1.1 No such mailbox";
        _script.Add(SmtpStage.RcptTo, command => string.Equals(command.Mailbox, mailbox, StringComparison.OrdinalIgnoreCase) ? reply : null);
    }

    /// <summary>Decides replies at a stage by a function.</summary>
    /// <param name="stage">The point of the conversation.</param>
    /// <param name="reply">Returns the reply, or <see langword="null"/> to pass the question on. Calls of different connections overlap.</param>
    /// <remarks>An exception answers 421, closes the connection and is kept in <see cref="Errors"/>.</remarks>
    public void On(SmtpStage stage, Func<SmtpCommandContext, SmtpReply?> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        _script.Add(stage, reply);
    }

    /// <summary>Forgets every prescribed reply.</summary>
    public void ClearReplies() => _script.Clear();

    /// <summary>Forgets messages, transcript and errors; connections and prescribed replies stay.</summary>
    public void Clear()
    {
        _store.Clear();
        Transcript.Clear();
        _errors.Clear();
    }

    /// <summary>Waits, without polling, until at least so many messages were received since the start or the latest <see cref="Clear"/>.</summary>
    /// <param name="count">How many messages.</param>
    /// <param name="timeout">The longest wait; <see langword="null"/> is 10 seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A snapshot of the messages.</returns>
    /// <exception cref="TimeoutException">Fewer arrived in time; the message says how many, and what was said last.</exception>
    /// <exception cref="ObjectDisposedException">The server was disposed before they arrived.</exception>
    public async Task<IReadOnlyList<ReceivedMessage>> WaitForMessagesAsync(int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var longest = timeout ?? s_defaultTimeout;
        try
        {
            await _store.WaitAsync(count, longest, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return Messages;
        }
        catch (TimeoutException)
        {
            var replies = Transcript.Replies.TakeLast(5).ToList();
            throw new TimeoutException(
                string.Create(CultureInfo.InvariantCulture, $"Waited {longest.TotalSeconds:0.###} s for {count} messages; {MessageCount} arrived over {ConnectionCount} connections. ")
                + (replies.Count > 0 ? $"The last replies were: {string.Join(" | ", replies)}" : "No client has connected: check the host and port it uses."),
                _errors.FirstOrDefault());
        }
    }

    /// <summary>Sends a reply nobody asked for on every idle connection: one whose client has all its replies and no transaction open.</summary>
    /// <param name="reply">A text or raw bytes, <see cref="SmtpReply.Close"/> or <see cref="SmtpReply.Reset"/>, or both together: <c>421 4.3.2 Shutting down</c>, then close.</param>
    /// <returns>On how many connections.</returns>
    /// <exception cref="ArgumentException">The reply is delayed, trickled, repeated, silent, or the default.</exception>
    public async Task<int> SendToIdleConnectionsAsync(SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (!reply.IsImmediate) throw new ArgumentException("Only a plain reply, with or without a close or reset, can be sent unasked.", nameof(reply));

        var reached = await Task.WhenAll(_listener.IdleConnections.Select(connection => connection.InterjectAsync(reply))).ConfigureAwait(false);
        return reached.Count(wasThere => wasThere);
    }

    /// <summary>Closes every idle connection without a word, as servers do after a while.</summary>
    /// <returns>How many.</returns>
    public Task<int> CloseIdleConnectionsAsync() => SendToIdleConnectionsAsync(SmtpReply.Close);

    /// <summary>Stops listening, closes every connection at once, ends every wait, and returns when all is released; what was received stays readable.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _listener.DisposeAsync().ConfigureAwait(false);
        _store.Close();
        _ownCertificate?.Dispose();
    }

    private static string SecurityName(SmtpServerSecurity security) => security switch
    {
        SmtpServerSecurity.StartTls => "starttls",
        SmtpServerSecurity.Tls => "tls",
        _ => "none",
    };

    private SmtpSession CreateSession(SmtpConnection connection) =>
        new(connection, _options, Certificate, _script, AcceptAsync, Report);

    private async ValueTask AcceptAsync(ReceivedMessage message)
    {
        if (_options.OnMessage is { } onMessage)
        {
            var handling = onMessage(message);
            if (!handling.IsCompletedSuccessfully) await handling.AsTask().WaitAsync(_listener.Stopping).ConfigureAwait(false);
        }

        _store.Add(message);
    }

    private void Report(Exception exception)
    {
        var isStop = exception is OperationCanceledException { CancellationToken: var token } && token == _listener.Stopping;
        if (!isStop) _errors.Enqueue(exception);
    }
}
