using MimeKit;
using MimeKit.IO;

namespace TransactionalMail.Mime;

/// <summary>Reads an attachment once, whole, before anything is sent, so that a failing stream cannot truncate a mail.</summary>
internal static class AttachmentPart
{
    public static async ValueTask<MimePart> ReadAsync(EmailAttachment attachment, int index, CancellationToken cancellationToken)
    {
        var content = await ReadContentAsync(attachment, index, cancellationToken).ConfigureAwait(false);
        return new MimePart(ContentType.Parse(attachment.ContentType))
        {
            Content = new MimeContent(content),
            ContentTransferEncoding = ContentEncoding.Base64,
            ContentDisposition = Disposition(attachment),
            ContentId = attachment.ContentId,
        };
    }

    private static async ValueTask<Stream> ReadContentAsync(EmailAttachment attachment, int index, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await attachment.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (stream is MemoryStream) return stream;

            await using (stream.ConfigureAwait(false))
            {
                var copy = new MemoryBlockStream();
                await stream.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
                copy.Position = 0;
                return copy;
            }
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            throw new EmailValidationException(
                [new($"Attachments[{index}]", $"Its content could not be read ({unreadable.GetType().Name}). Nothing was sent; make sure that it can be opened and read to its end.")],
                unreadable);
        }
    }

    private static ContentDisposition Disposition(EmailAttachment attachment)
    {
        var disposition = new ContentDisposition(attachment.ContentId is null ? ContentDisposition.Attachment : ContentDisposition.Inline);
        disposition.Parameters.Add(new Parameter("filename", attachment.FileName) { EncodingMethod = ParameterEncodingMethod.Rfc2231 });
        return disposition;
    }
}
