using TransactionalMail.Mime;
using TransactionalMail.Preparation;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>Walks the way of a mail up to the transports and tells what it saw.</summary>
internal sealed class MailExplainer(
    MailStreams streams, MailPreparer preparer, MimeComposer composer, DkimSigning signing, ISuppressionList suppressions, TimeProvider time)
    : IMailExplainer
{
    public async Task<MailExplanation> ExplainAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var stream = streams.Find(null, message.StreamName);
        var now = time.GetUtcNow();
        MessageValidator.RefuseStale(message, now);
        var prepared = await preparer.PrepareAsync(message, stream, cancellationToken).ConfigureAwait(false);
        using var mail = new OutboundMail(MailId.New(now), prepared.Message.NotBefore > now ? prepared.Message.NotBefore.Value : now, prepared, composer);
        var suppressed = await stream.FindSuppressedAsync(suppressions, mail.Envelope.Recipients, cancellationToken).ConfigureAwait(false);
        new DeliveryRun(mail).Suppress(suppressed);
        using var raw = new MemoryStream();
        await mail.WriteToAsync(raw, cancellationToken).ConfigureAwait(false);
        return new MailExplanation
        {
            Id = mail.Id,
            StreamName = stream.Name,
            TemplateName = mail.TemplateName,
            Message = mail.Message,
            Envelope = mail.Envelope,
            Suppressed = suppressed,
            Transports = [.. stream.Router.InOrderOfPreference().Select(transport => new TransportExplanation(transport.Name, transport.MissingFor(mail.Message), transport.Pause))],
            Raw = raw.ToArray(),
            DkimKeys = signing.NamesFor(mail.Message.From!.AsciiDomain),
        };
    }
}
