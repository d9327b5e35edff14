using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Transports.Smtp;

/// <summary>One connection to a relay; carries one transaction at a time and remembers how far the last one came.</summary>
internal sealed class SmtpSession : SmtpClient
{
    private readonly Dictionary<string, SmtpRefusal> _refused = new(StringComparer.Ordinal);
    private readonly SmtpOptions _options;
    private readonly SmtpReplyGuard _guard;
    private readonly Socket _socket;
    private int _accepted;
    private long _size;

    // MailKit leaves Nagle on, which holds back the end of every mail for some 40 ms.
    public SmtpSession(SmtpOptions options)
        : this(options, new SmtpReplyGuard(), new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
    {
    }

    private SmtpSession(SmtpOptions options, SmtpReplyGuard guard, Socket socket)
        : base(guard)
    {
        _options = options;
        _guard = guard;
        _socket = socket;
        LocalDomain = options.LocalDomain;
        Timeout = System.Threading.Timeout.Infinite; // per read, so no bound at all; a Deadline holds for the whole
        ServerCertificateValidationCallback = Judge;
    }

    /// <summary>Gets the relay's answer to each recipient it refused in the last transaction, by the address it was given.</summary>
    public IReadOnlyDictionary<string, SmtpRefusal> Refused => _refused;

    /// <summary>Gets whether the relay accepted the sender of the last transaction; before that, nothing of it exists at the relay.</summary>
    public bool SenderAccepted { get; private set; }

    /// <summary>Gets or sets the password or token that opened the connection, so that it can be masked where the relay repeats it.</summary>
    public string? Secret { get; set; }

    /// <summary>Gets how many transactions were begun.</summary>
    public int Transactions { get; private set; }

    /// <summary>Gets what the relay announced of its limits.</summary>
    public SmtpLimits Limits { get; private set; } = SmtpLimits.None;

    /// <summary>Gets what is wrong with the relay's certificate.</summary>
    public string? CertificateProblem { get; private set; }

    /// <summary>Gets whether a transaction may follow: the relay is there, in step, and has not had its fill.</summary>
    public bool IsReady => IsConnected && _guard is { IsInStep: true, IsClosing: false } && Transactions < Math.Min(_options.MaxMessagesPerConnection, Limits.Transactions);

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var port = _options.EffectivePort;
        await _socket.ConnectAsync(_options.Host, port, cancellationToken).ConfigureAwait(false);
        var network = new NetworkStream(_socket, ownsSocket: true); // MailKit's own makes four objects for each read, and runs what follows on the socket's thread
        await ConnectAsync(network, _options.Host, port, Security(_options.Security), cancellationToken).ConfigureAwait(false);
        Limits = SmtpLimits.Parse(_guard.Extensions);
    }

    /// <summary>Returns whether an idle connection is still as it was left: anything to read now is its end, or a reply nobody asked for.</summary>
    public bool IsQuiet() => !_socket.Poll(0, SelectMode.SelectRead);

    public async Task<string> SendAsync(SmtpContent content, MailboxAddress sender, IReadOnlyList<MailboxAddress> recipients, ITransferProgress progress, CancellationToken cancellationToken)
    {
        _refused.Clear();
        (_size, _accepted, SenderAccepted) = (content.Size, 0, false);
        Transactions++;
        var answer = await SendAsync(WireFormat.Options, content.Message, sender, recipients, cancellationToken, progress).ConfigureAwait(false);
        return _guard.RepliesSinceWrite > 0 ? answer : throw new SmtpProtocolException("The relay answered before the content had ended; whom that answer was for is unknown.");
    }

    /// <summary>Says goodbye and closes; what happens now matters to no mail.</summary>
    public async Task QuitAsync(CancellationToken patience)
    {
        try
        {
            await DisconnectAsync(quit: true, patience).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is IOException or SocketException or OperationCanceledException or ProtocolException or ObjectDisposedException)
        {
            // The relay closed first.
        }
    }

    /// <summary>Breaks the connection under whoever uses it; the one thing another thread may do.</summary>
    public void Abort() => _socket.Dispose();

    /// <summary>Leaves the message as it was signed.</summary>
    protected override void Prepare(FormatOptions options, MimeMessage message, EncodingConstraint constraint, int maxLineLength)
    {
    }

    /// <summary>Answers with what was measured already; composing a large mail once more would cost as much as sending it.</summary>
    protected override Task<long> GetSizeAsync(FormatOptions options, MimeMessage message, CancellationToken cancellationToken) => Task.FromResult(_size);

    /// <inheritdoc/>
    protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => SenderAccepted = true;

    /// <inheritdoc/>
    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => _accepted++;

    /// <summary>Goes on with the other recipients, unless the relay is about to close the connection.</summary>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        if (response.StatusCode is SmtpStatusCode.ServiceNotAvailable) base.OnRecipientNotAccepted(message, mailbox, response);
        _refused[mailbox.Address] = new SmtpRefusal((int)response.StatusCode, response.Response, _accepted);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _socket.Dispose();
    }

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var trusted = _options.CertificateValidation?.Invoke(sender, certificate, chain, errors) ?? errors is SslPolicyErrors.None;
        if (!trusted) CertificateProblem = Smtp.CertificateProblem.Describe(certificate, chain, errors);
        return trusted;
    }

    private static SecureSocketOptions Security(SmtpSecurity security) => security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
