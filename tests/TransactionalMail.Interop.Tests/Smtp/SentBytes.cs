using TransactionalMail.Transports;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>Keeps the bytes of each mail and lets the next transport carry them.</summary>
internal sealed class SentBytes : IMailTransport
{
    private readonly List<byte[]> _mails = [];

    public IReadOnlyList<byte[]> Mails => _mails;

    public MailFeatures Features => MailFeatures.Mime;

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        await mail.WriteToAsync(stream, cancellationToken);
        _mails.Add(stream.ToArray());
        throw new MailTransportException(TransportFailure.Unavailable, "bytes", "Another transport carries it.");
    }
}
