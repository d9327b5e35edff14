using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Transports.Smtp;

/// <summary>One connection to a relay; carries one mail at a time and remembers which recipients the relay refused.</summary>
internal sealed class SmtpSession : SmtpClient
{
    private readonly Dictionary<string, SmtpResponse> _refused = new(StringComparer.Ordinal);
    private long _size;

    /// <summary>Gets the relay's answer to each recipient it refused in the last mail, by the address it was given.</summary>
    public IReadOnlyDictionary<string, SmtpResponse> Refused => _refused;

    public async Task ConnectAsync(SmtpOptions options, CancellationToken cancellationToken)
    {
        LocalDomain = options.LocalDomain;
        ServerCertificateValidationCallback = options.CertificateValidation;
        Timeout = System.Threading.Timeout.Infinite;

        // MailKit leaves Nagle on, which holds back the end of every mail for some 40 ms.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.EffectivePort, cancellationToken).ConfigureAwait(false);
            await ConnectAsync(socket, options.Host, options.EffectivePort, Security(options.Security), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (options.UserName is not null)
        {
            await AuthenticateAsync(options.UserName, options.Password!, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<string> SendAsync(MimeMessage message, long size, MailboxAddress sender, IReadOnlyList<MailboxAddress> recipients, ITransferProgress progress, CancellationToken cancellationToken)
    {
        _refused.Clear();
        _size = size;
        return await SendAsync(WireFormat.Options, message, sender, recipients, cancellationToken, progress).ConfigureAwait(false);
    }

    /// <summary>Leaves the message as it was signed.</summary>
    protected override void Prepare(FormatOptions options, MimeMessage message, EncodingConstraint constraint, int maxLineLength)
    {
    }

    /// <summary>Answers with what was measured already; composing a large mail once more would cost as much as sending it.</summary>
    protected override Task<long> GetSizeAsync(FormatOptions options, MimeMessage message, CancellationToken cancellationToken) => Task.FromResult(_size);

    /// <summary>Goes on with the other recipients, unless the relay is about to close the connection.</summary>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        if (response.StatusCode is SmtpStatusCode.ServiceNotAvailable) base.OnRecipientNotAccepted(message, mailbox, response);
        _refused[mailbox.Address] = response;
    }

    private static SecureSocketOptions Security(SmtpSecurity security) => security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
