using TransactionalMail.Mime;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Hands mail to a relay over SMTP (RFC 5321), on connections that are kept and shared out.</summary>
internal sealed class SmtpTransport : IMailTransport, IAsyncDisposable
{
    private readonly SmtpOptions _options;
    private readonly SmtpFailures _failures;
    private readonly SmtpConnectionPool _connections;
    private readonly TimeProvider _time;

    public SmtpTransport(SmtpOptions options, string name, TimeProvider time)
    {
        _options = options;
        _failures = new SmtpFailures(options, name);
        _connections = new SmtpConnectionPool(options, _failures, time);
        _time = time;
    }

    public MailFeatures Features => MailFeatures.Mime;

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        var message = await mail.GetMimeMessageAsync(cancellationToken).ConfigureAwait(false);
        var content = new SmtpContent(message, WireFormat.Measure(message));
        using var lease = await _connections.LeaseAsync(cancellationToken).ConfigureAwait(false);
        var handover = new SmtpHandover(content, mail.Envelope, lease, _failures.Of(mail, lease), _options, _time);
        return new TransportReceipt(await handover.RunAsync(cancellationToken).ConfigureAwait(false), mail.MessageId);
    }

    public ValueTask DisposeAsync() => _connections.DisposeAsync();
}
