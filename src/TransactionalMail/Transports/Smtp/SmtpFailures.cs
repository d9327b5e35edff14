using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace TransactionalMail.Transports.Smtp;

/// <summary>The one place that turns what went wrong in an SMTP conversation into a <see cref="TransportFailure"/>.</summary>
/// <param name="options">The settings, whose credentials a relay may repeat.</param>
/// <param name="transportName">The transport's name.</param>
/// <param name="mail">The mail the conversation is about, whose words a relay may repeat.</param>
/// <param name="lease">The connection, which knows the token it was opened with.</param>
internal sealed class SmtpFailures(SmtpOptions options, string transportName, OutboundMail? mail = null, SmtpLease? lease = null)
{
    public string TransportName => transportName;

    /// <summary>Any 2xx after the content is an acceptance (RFC 5321 §4.2.1); MailKit knows only 250.</summary>
    public static bool IsAcceptance(SmtpCommandException exception) =>
        exception.ErrorCode is SmtpErrorCode.MessageNotAccepted && (int)exception.StatusCode is >= 200 and < 300;

    /// <summary>Explains a failure before any mail was begun, or returns <see langword="null"/> for one nobody foresaw.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="certificateProblem">What is wrong with the relay's certificate, if it was refused.</param>
    public MailTransportException? OfConnecting(Exception exception, string? certificateProblem) => exception switch
    {
        SmtpCommandException refusal when IsTransient(refusal) =>
            Refused(TransportFailure.Unavailable, refusal, "The relay is not ready to serve. Try again later."),
        SmtpCommandException refusal =>
            Refused(TransportFailure.SenderRejected, refusal, "The relay refuses to serve this client. Ask its operator to allow this host."),
        SmtpLoginException { Code: < 500 } refusal =>
            Refused(TransportFailure.Unavailable, refusal, "The relay cannot check credentials at the moment."),
        SmtpLoginException { Code: not null } refusal when options.AccessToken is null =>
            Refused(TransportFailure.Authentication, refusal, "The relay refused the user name or the password. Check both, and whether the relay wants another AuthenticationMechanism."),
        SmtpLoginException { Code: not null } refusal =>
            Refused(TransportFailure.Authentication, refusal, "The relay refused the access token. Check that AccessToken returns a valid one for UserName."),
        SmtpLoginException unfit =>
            Failed(TransportFailure.Authentication, $"{unfit.Problem} It offers: {(unfit.Text.Length == 0 ? "none" : Scrub(unfit.Text))}."),
        SmtpTokenException { InnerException: var cause } =>
            Failed(TransportFailure.Unavailable, $"AccessToken failed with {cause!.GetType().Name}; no mail was begun.", cause),
        NotSupportedException =>
            Failed(TransportFailure.Tls, $"{Server} does not offer STARTTLS; nothing was sent. Check Port, or set Security to Tls for a port that expects TLS from the start."),
        SslHandshakeException { InnerException: not OperationCanceledException } =>
            Failed(TransportFailure.Tls, $"No secure connection could be made to {Server}; nothing was sent. {certificateProblem ?? TlsReason(exception)} Fix the relay's certificate, or judge it with CertificateValidation.", exception),
        SmtpProtocolException =>
            Failed(TransportFailure.Unavailable, $"{Server} did not answer as an SMTP relay does. Check Host and Port; a port that expects TLS from the start needs Security Tls."),
        OperationCanceledException or TimeoutException or SslHandshakeException =>
            Failed(TransportFailure.Timeout, $"{Server} did not answer within ConnectTimeout ({options.ConnectTimeout})."),
        SocketException { SocketErrorCode: var error } =>
            Failed(TransportFailure.Network, $"{Server} could not be reached ({error}). Check Host and Port, and that a firewall lets this host out.", exception),
        IOException =>
            Failed(TransportFailure.Network, $"The connection to {Server} broke before any mail was begun.", exception),
        _ => null,
    };

    /// <summary>Explains a failure in the middle of a mail, or returns <see langword="null"/> for one nobody foresaw.</summary>
    public MailTransportException? OfSending(Exception exception, bool contentSent) => exception switch
    {
        SmtpCommandException { StatusCode: < (SmtpStatusCode)400 } when contentSent =>
            Lost(TransportFailure.Network, exception, contentSent, $"{Server} gave an answer that is neither yes nor no"),
        SmtpCommandException refusal => OfRefusal(refusal),
        ServiceNotAuthenticatedException =>
            Failed(TransportFailure.Authentication, $"{Server} asks for authentication. Set UserName and Password."),
        OperationCanceledException or TimeoutException =>
            Lost(TransportFailure.Timeout, exception, contentSent, $"{Server} did not answer in time"),
        IOException or SocketException or SmtpProtocolException or ServiceNotConnectedException or ObjectDisposedException =>
            Lost(TransportFailure.Network, exception, contentSent, $"The connection to {Server} broke"),
        _ => null,
    };

    /// <summary>Explains a mail that is larger than the relay announced to take (RFC 1870 §6.1).</summary>
    public MailTransportException OfSize(long size, long limit) =>
        Failed(TransportFailure.MessageTooLarge, string.Create(CultureInfo.InvariantCulture, $"The mail has {size:N0} bytes and the relay takes {limit:N0} at most. Make the attachments smaller, or link to them."));

    /// <summary>Explains a sender the relay cannot be told (RFC 6531 §3.1).</summary>
    public MailTransportException OfSenderNeedingUtf8() =>
        Failed(TransportFailure.UnsupportedFeature, "The sender's local part is not ASCII and the relay does not offer SMTPUTF8. Use another sender address.");

    /// <summary>Explains why a mail that waited for a connection gets none.</summary>
    public MailTransportException OfClosing() =>
        Failed(TransportFailure.Unavailable, "The application is shutting down; the mail was not sent.");

    /// <summary>Returns a reply as receipts and errors show it.</summary>
    public string Said(int code, string text) => Scrub(string.Create(CultureInfo.InvariantCulture, $"{code} {text}"));

    public string Scrub(string? text) => mail is null
        ? ServerText.Scrub(text, options.Password, options.UserName)
        : ServerText.Scrub(text, mail, options.Password, options.UserName, lease?.Session.Secret);

    /// <summary>Returns the same for a conversation about one mail.</summary>
    public SmtpFailures Of(OutboundMail mail, SmtpLease lease) => new(options, transportName, mail, lease);

    private MailTransportException OfRefusal(SmtpCommandException refusal) => ((int)refusal.StatusCode, refusal.ErrorCode, EnhancedStatusCode.Of(refusal.Message)) switch
    {
        (552, _, _) or (_, _, "5.3.4") => Refused(TransportFailure.MessageTooLarge, refusal, "The relay finds the mail too large. Make the attachments smaller, or link to them."),
        ( < 500, _, _) => Refused(TransportFailure.Unavailable, refusal, "The relay asks to try again later."),
        (_, SmtpErrorCode.SenderNotAccepted, _) => Refused(TransportFailure.SenderRejected, refusal, "The relay refuses the sender. Allow the address at the relay, or change the From."),
        (_, SmtpErrorCode.RecipientNotAccepted, _) => Refused(TransportFailure.RecipientsRejected, refusal, "The relay refuses the recipient."),
        _ => Refused(TransportFailure.MessageRejected, refusal, "The relay refuses the mail."),
    };

    // Exceptions with the relay's own words are left out on purpose, here and below: they are not scrubbed.
    private MailTransportException Refused(TransportFailure failure, SmtpCommandException refusal, string problem) => Refused(failure, (int)refusal.StatusCode, refusal.Message, problem);

    private MailTransportException Refused(TransportFailure failure, SmtpLoginException refusal, string problem) => Refused(failure, refusal.Code!.Value, refusal.Text, problem);

    private MailTransportException Refused(TransportFailure failure, int code, string text, string problem) =>
        new(failure, transportName, $"{problem} It said: {Said(code, text)}")
        {
            ProviderCode = code.ToString(CultureInfo.InvariantCulture),
            EnhancedCode = EnhancedStatusCode.Of(text),
        };

    private MailTransportException Lost(TransportFailure failure, Exception exception, bool contentSent, string problem) =>
        new(failure, transportName, contentSent ? $"{problem} after the content went out and before the relay answered." : $"{problem} before the content went out; the mail was not sent.", exception is SmtpProtocolException or SmtpCommandException ? null : exception)
        {
            MayHaveBeenAccepted = contentSent,
        };

    private MailTransportException Failed(TransportFailure failure, string problem, Exception? exception = null) => new(failure, transportName, problem, exception);

    private static bool IsTransient(SmtpCommandException refusal) => (int)refusal.StatusCode < 500;

    private static string TlsReason(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return ServerText.Scrub(exception.Message);
    }

    private string Server => $"{options.Host}:{options.EffectivePort.ToString(CultureInfo.InvariantCulture)}";
}
