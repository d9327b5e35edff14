using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace TransactionalMail.Transports.Smtp;

/// <summary>The one place that turns what went wrong in an SMTP conversation into a <see cref="TransportFailure"/>.</summary>
internal sealed partial class SmtpFailures(SmtpOptions options, string transportName)
{
    /// <summary>Any 2xx after the content is an acceptance (RFC 5321 §4.2.1); MailKit knows only 250.</summary>
    public static bool IsAcceptance(SmtpCommandException exception) =>
        exception.ErrorCode is SmtpErrorCode.MessageNotAccepted && (int)exception.StatusCode is >= 200 and < 300;

    /// <summary>Explains a failure before any mail was begun, or returns <see langword="null"/> for one nobody foresaw.</summary>
    public MailTransportException? OfConnecting(Exception exception, bool authenticating) => exception switch
    {
        SmtpCommandException refusal when IsTransient(refusal) =>
            Refused(TransportFailure.Unavailable, refusal, "The relay is not ready to serve. Try again later."),
        SmtpCommandException refusal =>
            Refused(TransportFailure.SenderRejected, refusal, "The relay refuses to serve this client. Ask its operator to allow this host."),
        AuthenticationException { InnerException: SmtpCommandException refusal } when IsTransient(refusal) =>
            Refused(TransportFailure.Unavailable, refusal, "The relay cannot check credentials at the moment."),
        AuthenticationException { InnerException: SmtpCommandException refusal } =>
            Refused(TransportFailure.Authentication, refusal, "The relay refused the user name or the password. Check both."),
        AuthenticationException =>
            Failed(TransportFailure.Authentication, "The relay refused the user name or the password. Check both."),
        NotSupportedException when authenticating =>
            Failed(TransportFailure.Authentication, $"{Server} offers no way to authenticate that this client knows. Check Port and Security, or remove UserName and Password."),
        NotSupportedException =>
            Failed(TransportFailure.Tls, $"{Server} does not offer STARTTLS; nothing was sent. Check Port, or set Security to Tls for a port that expects TLS from the start."),
        SslHandshakeException =>
            Failed(TransportFailure.Tls, $"No secure connection could be made to {Server}; nothing was sent. {TlsReason(exception)} Fix the relay's certificate, or judge it with CertificateValidation.", exception),
        SmtpProtocolException =>
            Failed(TransportFailure.Unavailable, $"{Server} did not answer as an SMTP relay does. Check Host and Port; a port that expects TLS from the start needs Security Tls."),
        OperationCanceledException or TimeoutException =>
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
        SmtpCommandException refusal => OfRefusal(refusal),
        ServiceNotAuthenticatedException =>
            Failed(TransportFailure.Authentication, $"{Server} asks for authentication. Set UserName and Password."),
        OperationCanceledException or TimeoutException =>
            Lost(TransportFailure.Timeout, exception, contentSent, $"{Server} did not answer in time"),
        IOException or SocketException or SmtpProtocolException or ServiceNotConnectedException =>
            Lost(TransportFailure.Network, exception, contentSent, $"The connection to {Server} broke"),
        _ => null,
    };

    public string Scrub(string? text) => ServerText.Scrub(text, options.Password, options.UserName);

    private MailTransportException OfRefusal(SmtpCommandException refusal) => ((int)refusal.StatusCode, refusal.ErrorCode, EnhancedCode(refusal.Message)) switch
    {
        (552, _, _) or (_, _, "5.3.4") => Refused(TransportFailure.MessageTooLarge, refusal, "The relay finds the mail too large. Make the attachments smaller, or link to them."),
        ( < 500, _, _) => Refused(TransportFailure.Unavailable, refusal, "The relay asks to try again later."),
        (_, SmtpErrorCode.SenderNotAccepted, _) => Refused(TransportFailure.SenderRejected, refusal, "The relay refuses the sender. Allow the address at the relay, or change the From."),
        (_, SmtpErrorCode.RecipientNotAccepted, _) => Refused(TransportFailure.RecipientsRejected, refusal, "The relay refuses the recipient."),
        _ => Refused(TransportFailure.MessageRejected, refusal, "The relay refuses the mail."),
    };

    // The relay's own exception is left out on purpose: its text is not scrubbed.
    private MailTransportException Refused(TransportFailure failure, SmtpCommandException refusal, string problem) =>
        new(failure, transportName, $"{problem} It said: {Scrub(refusal)}")
        {
            ProviderCode = ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture),
            EnhancedCode = EnhancedCode(refusal.Message),
        };

    private MailTransportException Lost(TransportFailure failure, Exception exception, bool contentSent, string problem) =>
        new(failure, transportName, contentSent ? $"{problem} after the content went out and before the relay answered." : $"{problem} before the content went out; the mail was not sent.", exception)
        {
            MayHaveBeenAccepted = contentSent,
        };

    private MailTransportException Failed(TransportFailure failure, string problem, Exception? exception = null) => new(failure, transportName, problem, exception);

    private string Scrub(SmtpCommandException refusal) => Scrub(string.Create(CultureInfo.InvariantCulture, $"{(int)refusal.StatusCode} {refusal.Message}"));

    private static bool IsTransient(SmtpCommandException refusal) => (int)refusal.StatusCode < 500;

    private static string TlsReason(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return ServerText.Scrub(exception.Message);
    }

    private static string? EnhancedCode(string text) => EnhancedCodePattern().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnhancedCodePattern();

    private string Server => $"{options.Host}:{options.EffectivePort.ToString(CultureInfo.InvariantCulture)}";
}
