using System.Diagnostics;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;
using TransactionalMail.Idempotency;
using TransactionalMail.Mime;
using TransactionalMail.Outbox;
using TransactionalMail.Preparation;
using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>Prepares, accepts, and delivers or enqueues; read it beside the diagram in ARCHITECTURE.md.</summary>
internal sealed class TransactionalMailer(
    string? streamName, MailStreams streams, MailPreparer preparer, MimeComposer composer, MailDelivery delivery, IdempotentSending once, OutboxEngine outbox, IOutboxSignal signal, MailTelemetry telemetry, TimeProvider time)
    : ITransactionalMailer, IMailAcceptance
{
    public IMailOutbox Outbox => outbox.Outbox;

    public async Task<MailReceipt> SendAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(streamName, message.StreamName);
        using var span = telemetry.StartCall("send", stream.Name);
        var acceptedAt = time.GetUtcNow();
        if (message.NotBefore > acceptedAt) throw new EmailValidationException([new("NotBefore", "It lies in the future, and SendAsync sends now. Call EnqueueAsync.")]);
        MessageValidator.RefuseStale(message, acceptedAt);
        (message, var hash) = await HashAsync(message, stream, cancellationToken).ConfigureAwait(false);
        var prepared = await preparer.PrepareAsync(message, stream, cancellationToken).ConfigureAwait(false);
        var id = MailId.New(acceptedAt);
        return hash is null
            ? await DeliverAsync(id).ConfigureAwait(false)
            : await once.SendAsync(message.IdempotencyKey!, hash, id, DeliverAsync, cancellationToken).ConfigureAwait(false);

        async Task<MailReceipt> DeliverAsync(MailId standing)
        {
            using var mail = new OutboundMail(standing, acceptedAt, prepared, composer);
            return await delivery.DeliverAsync(mail, stream, acceptedAt, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<MailId> EnqueueAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(streamName, message.StreamName);
        using var span = telemetry.StartCall("enqueue", stream.Name);
        var standing = await outbox.EnqueueAsync(await AcceptAsync(message, stream, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        signal.Wake(stream.Name);
        return standing;
    }

    public async Task<OutboxEntry> AcceptAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(streamName, message.StreamName);
        using var span = telemetry.StartCall("enqueue", stream.Name);
        return await AcceptAsync(message, stream, cancellationToken).ConfigureAwait(false);
    }

    private async Task<OutboxEntry> AcceptAsync(EmailMessage message, MailStream stream, CancellationToken cancellationToken)
    {
        var acceptedAt = time.GetUtcNow();
        MessageValidator.RefuseStale(message, acceptedAt);
        outbox.RequireDelivery();
        (message, var hash) = await HashAsync(message, stream, cancellationToken).ConfigureAwait(false);
        var prepared = await preparer.PrepareAsync(message, stream, cancellationToken).ConfigureAwait(false);
        var kept = prepared.Message with { IdempotencyKey = message.IdempotencyKey, Attachments = await composer.ReadAsync(prepared.Message.Attachments, cancellationToken).ConfigureAwait(false) };
        return new OutboxEntry
        {
            Id = MailId.New(acceptedAt),
            StreamName = stream.Name,
            Message = kept,
            ContentHash = hash,
            TemplateName = prepared.TemplateName,
            AcceptedAt = acceptedAt,
            DueAt = kept.NotBefore > acceptedAt ? kept.NotBefore.Value : acceptedAt,
            Recipients = kept.GetEnvelopeRecipients(),
            TraceParent = Activity.Current?.Id,
        };
    }

    /// <summary>Hashes a message that has an idempotency key. Its attachments are in memory then: what is hashed is what is sent, and is read once.</summary>
    private async ValueTask<(EmailMessage Message, string? Hash)> HashAsync(EmailMessage message, MailStream stream, CancellationToken cancellationToken)
    {
        if (message.IdempotencyKey is null) return (message, null);
        var read = message with { Attachments = await composer.ReadAsync(message.Attachments, cancellationToken).ConfigureAwait(false) };
        return (read, ContentHash.Of(read, stream.Name, await composer.ReadContentsAsync(read.Attachments, cancellationToken).ConfigureAwait(false)));
    }
}
