using System.Diagnostics;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;
using TransactionalMail.Mime;
using TransactionalMail.Outbox;
using TransactionalMail.Preparation;
using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>Prepares, accepts, and delivers or enqueues; read it beside the diagram in ARCHITECTURE.md.</summary>
internal sealed class TransactionalMailer(
    string? streamName, MailStreams streams, MailPreparer preparer, MimeComposer composer, MailDelivery delivery, OutboxEngine outbox, MailTelemetry telemetry, TimeProvider time)
    : ITransactionalMailer
{
    public async Task<MailReceipt> SendAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(streamName, message.StreamName);
        using var span = telemetry.StartCall("send", stream.Name);
        var acceptedAt = time.GetUtcNow();
        if (message.NotBefore > acceptedAt) throw new EmailValidationException([new("NotBefore", "It lies in the future, and SendAsync sends now. Call EnqueueAsync.")]);
        MessageValidator.RefuseStale(message, acceptedAt);
        var prepared = await preparer.PrepareAsync(message, stream, cancellationToken).ConfigureAwait(false);
        using var mail = new OutboundMail(MailId.New(acceptedAt), acceptedAt, prepared, composer);
        return await delivery.DeliverAsync(mail, stream, acceptedAt, cancellationToken).ConfigureAwait(false);
    }

    public async Task<MailId> EnqueueAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(streamName, message.StreamName);
        using var span = telemetry.StartCall("enqueue", stream.Name);
        var acceptedAt = time.GetUtcNow();
        MessageValidator.RefuseStale(message, acceptedAt);
        var prepared = await preparer.PrepareAsync(message, stream, cancellationToken).ConfigureAwait(false);
        var kept = prepared.Message with { Attachments = await composer.ReadAsync(prepared.Message.Attachments, cancellationToken).ConfigureAwait(false) };
        var entry = new OutboxEntry
        {
            Id = MailId.New(acceptedAt),
            StreamName = stream.Name,
            Message = kept,
            TemplateName = prepared.TemplateName,
            AcceptedAt = acceptedAt,
            DueAt = kept.NotBefore > acceptedAt ? kept.NotBefore.Value : acceptedAt,
            Recipients = kept.GetEnvelopeRecipients(),
            TraceParent = Activity.Current?.Id,
        };
        await outbox.EnqueueAsync(entry, cancellationToken).ConfigureAwait(false);
        return entry.Id;
    }
}
