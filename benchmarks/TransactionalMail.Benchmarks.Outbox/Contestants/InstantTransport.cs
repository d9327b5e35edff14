using TransactionalMail.Transports;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>Accepts every mail at once, after having composed its MIME or without.</summary>
internal sealed class InstantTransport(bool composes) : IMailTransport
{
    private int _count;

    public MailFeatures Features => MailFeatures.Mime;

    public int Count => Volatile.Read(ref _count);

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        if (composes) await mail.WriteToAsync(Stream.Null, cancellationToken);
        Interlocked.Increment(ref _count);
        return TransportReceipt.Accepted(mail, "instant");
    }
}
