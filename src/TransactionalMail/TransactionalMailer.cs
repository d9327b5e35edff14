using TransactionalMail.Delivery;
using TransactionalMail.Mime;
using TransactionalMail.Preparation;
using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>Prepares, accepts and delivers; read it beside the diagram in ARCHITECTURE.md.</summary>
internal sealed class TransactionalMailer(string? streamName, MailStreams streams, MailPreparer preparer, MimeComposer composer, MailDelivery delivery, TimeProvider time)
    : ITransactionalMailer
{
    public async Task<MailReceipt> SendAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(streamName, message.StreamName);
        var acceptedAt = time.GetUtcNow();
        SendableNow(message, acceptedAt);
        var prepared = await preparer.PrepareAsync(message, stream, cancellationToken).ConfigureAwait(false);
        using var mail = new OutboundMail(MailId.New(acceptedAt), acceptedAt, prepared, composer);
        return await delivery.DeliverAsync(mail, stream, acceptedAt, cancellationToken).ConfigureAwait(false);
    }

    private static void SendableNow(EmailMessage message, DateTimeOffset now)
    {
        if (message.NotBefore > now)
        {
            throw new EmailValidationException([new("NotBefore", "It lies in the future, and SendAsync sends now. Call it when the time has come.")]);
        }

        if (message.NotAfter < now)
        {
            throw new EmailValidationException([new("NotAfter", "It has passed: the mail is stale and was not sent.")]);
        }
    }
}
