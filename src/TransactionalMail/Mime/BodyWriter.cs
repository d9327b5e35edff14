using System.Text;
using MimeKit;

namespace TransactionalMail.Mime;

/// <summary>Builds the tree of parts: <c>mixed(alternative(text, related(html, inline…)), attachment…)</c>, without the levels a message does not need.</summary>
internal sealed class BodyWriter
{
    private readonly MailId _id;
    private int _multiparts;

    private BodyWriter(MailId id) => _id = id;

    /// <summary>Builds the body of a message.</summary>
    /// <param name="id">The mail's identity, from which boundaries derive.</param>
    /// <param name="message">The message.</param>
    /// <param name="contents">The content of each of its attachments.</param>
    public static MimeEntity Build(MailId id, EmailMessage message, IReadOnlyList<Stream> contents) => new BodyWriter(id).Build(message, contents);

    private MimeEntity Build(EmailMessage message, IReadOnlyList<Stream> contents)
    {
        var inline = new List<MimeEntity>();
        var attached = new List<MimeEntity>();
        for (var i = 0; i < contents.Count; i++)
        {
            // Without HTML nothing can show an inline image, so it becomes something to download.
            var isInline = message.Attachments[i].ContentId is not null && message.HtmlBody is not null;
            (isInline ? inline : attached).Add(Attachment(message.Attachments[i], contents[i], isInline));
        }

        var body = Readable(message, inline);
        if (attached.Count > 0) body = Multipart(new Multipart("mixed"), body is null ? attached : [body, .. attached]);
        return body ?? Text("plain", "");
    }

    private MimeEntity? Readable(EmailMessage message, List<MimeEntity> inline)
    {
        var text = message.TextBody is null ? null : Text("plain", message.TextBody);
        MimeEntity? html = message.HtmlBody is null ? null : Text("html", message.HtmlBody);
        if (html is not null && inline.Count > 0) html = Multipart(new MultipartRelated(), [html, .. inline]);
        return text is not null && html is not null ? Multipart(new MultipartAlternative(), [text, html]) : html ?? text;
    }

    private Multipart Multipart(Multipart multipart, IEnumerable<MimeEntity> parts)
    {
        // "=-" occurs neither in quoted-printable nor in base64, so no content can contain a boundary.
        multipart.Boundary = $"=-{_multiparts++}-{_id}";
        foreach (var part in parts) multipart.Add(part);
        if (multipart is MultipartRelated) multipart.ContentType.Parameters["type"] = "text/html"; // RFC 2387 §3.1
        return Frozen(multipart);
    }

    private static MimePart Text(string subtype, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(NormaliseLineEnds(text));
        var nonAscii = bytes.Count(b => b >= 128);
        var useBase64 = nonAscii > bytes.Length / 6; // where quoted-printable becomes the longer one
        return Frozen(new MimePart("text", subtype)
        {
            ContentType = { Charset = "utf-8" },
            ContentTransferEncoding = useBase64 ? ContentEncoding.Base64 : ContentEncoding.QuotedPrintable,
            Content = useBase64
                ? new MimeContent(new MemoryStream(bytes, writable: false))
                : new MimeContent(new MemoryStream(QuotedPrintable.Encode(bytes), writable: false), ContentEncoding.QuotedPrintable),
        });
    }

    private static MimePart Attachment(EmailAttachment attachment, Stream content, bool isInline)
    {
        var part = new MimePart(MediaType(attachment))
        {
            Headers = { DispositionField.Write(isInline ? ContentDisposition.Inline : ContentDisposition.Attachment, attachment.FileName) },
            ContentTransferEncoding = ContentEncoding.Base64,
            Content = new MimeContent(content),
        };
        if (attachment.ContentId is not null) part.ContentId = attachment.ContentId;
        return Frozen(part);
    }

    // Parts of these types must not be base64 (RFC 2045 §6.4); as plain bytes they arrive unharmed.
    private static ContentType MediaType(EmailAttachment attachment)
    {
        var type = ContentType.Parse(attachment.ContentType);
        return type.IsMimeType("multipart", "*") || type.IsMimeType("message", "*") ? new ContentType("application", "octet-stream") : type;
    }

    // A raw value is not reformatted when the message is written for SMTPUTF8.
    private static T Frozen<T>(T entity)
        where T : MimeEntity
    {
        foreach (var header in entity.Headers.ToList()) header.SetRawValue(header.RawValue);
        return entity;
    }

    private static string NormaliseLineEnds(string text) => text
        .Replace("\r\n", "\n", StringComparison.Ordinal)
        .Replace('\r', '\n')
        .Replace("\n", "\r\n", StringComparison.Ordinal);
}
