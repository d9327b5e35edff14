using MimeKit;
using TransactionalMail.Transports;

namespace TransactionalMail.Conformance;

/// <summary>A mail as it arrived, told in terms of what its author wrote.</summary>
/// <param name="Message">What arrived: every field that came through, and nothing that was not there.</param>
/// <param name="MessageId">The Message-ID its recipients see, without angle brackets, or <see langword="null"/> where nobody can know.</param>
/// <param name="Envelope">Who was named to the relay, or <see langword="null"/> where this kind of transport keeps no envelope.</param>
/// <param name="Visible">All that recipients get to see, headers and source included.</param>
public sealed record ArrivedMail(EmailMessage Message, string? MessageId, MailEnvelope? Envelope, ReadOnlyMemory<byte> Visible)
{
    private const string MetadataPrefix = "X-Metadata-";

    /// <summary>Reads a mail that travels as MIME.</summary>
    /// <param name="raw">The bytes that arrived.</param>
    /// <param name="envelope">The envelope, or <see langword="null"/> where this kind of transport keeps none.</param>
    public static ArrivedMail FromMime(ReadOnlyMemory<byte> raw, MailEnvelope? envelope)
    {
        using var mime = MimeMessage.Load(new MemoryStream(raw.ToArray()));
        var message = new EmailMessage
        {
            From = Addresses(mime.From).Single(),
            EnvelopeSender = envelope?.Sender,
            To = Addresses(mime.To),
            Cc = Addresses(mime.Cc),
            Bcc = Addresses(mime.Bcc),
            ReplyTo = Addresses(mime.ReplyTo),
            Subject = mime.Subject,
            TextBody = mime.TextBody,
            HtmlBody = mime.HtmlBody,
            Attachments = [.. mime.BodyParts.OfType<MimePart>().Where(static p => p.IsAttachment || p.ContentId is not null).Select(Attachment)],
            Tags = [.. mime.Headers.Where(static h => h.Field is "X-Tag").Select(static h => h.Value)],
            Metadata = mime.Headers.Where(IsMetadata).ToDictionary(static h => h.Field[MetadataPrefix.Length..], static h => h.Value),
            Headers = mime.Headers.Where(static h => !IsMetadata(h) && h.Field is not "X-Tag").DistinctBy(static h => h.Field).ToDictionary(static h => h.Field, static h => h.Value),
        };
        return new ArrivedMail(message, mime.MessageId, envelope, raw);
    }

    private static bool IsMetadata(Header header) => header.Field.StartsWith(MetadataPrefix, StringComparison.Ordinal);

    private static IReadOnlyList<EmailAddress> Addresses(InternetAddressList list) => [.. list.Mailboxes.Select(static m => new EmailAddress(m.Address, m.Name))];

    private static EmailAttachment Attachment(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content);
        return new EmailAttachment(part.FileName ?? "", content.ToArray(), part.ContentType.MimeType) { ContentId = part.ContentId };
    }
}
