using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MimeKit;

namespace TransactionalMail.Mime;

/// <summary>Writes the body of one message: alternatives inside, then what the HTML shows, then what is attached (RFC 2046, RFC 2387).</summary>
internal sealed class BodyWriter
{
    private readonly MailId _id;
    private int _boundaries;

    private BodyWriter(MailId id) => _id = id;

    public static async ValueTask<MimeEntity> WriteAsync(MailId id, EmailMessage message, CancellationToken cancellationToken)
    {
        var inline = new List<MimePart>();
        var attached = new List<MimePart>();
        for (var i = 0; i < message.Attachments.Count; i++)
        {
            var part = await AttachmentPart.ReadAsync(message.Attachments[i], i, cancellationToken).ConfigureAwait(false);
            (message.Attachments[i].ContentId is null ? attached : inline).Add(part);
        }

        var writer = new BodyWriter(id);
        var text = message.TextBody is null ? null : Text("plain", message.TextBody);
        var html = message.HtmlBody is null ? null : writer.Wrap(new MultipartRelated(), Text("html", message.HtmlBody), inline);
        if (html is null) attached.InsertRange(0, inline);
        var body = (text, html) switch
        {
            ({ }, { }) => writer.Wrap(new MultipartAlternative(), text, [html]),
            _ => text ?? html,
        };
        if (body is null && attached.Count == 0) return Text("plain", "");
        return body is null ? writer.Wrap(new Multipart("mixed"), attached[0], attached[1..]) : writer.Wrap(new Multipart("mixed"), body, attached);
    }

    /// <summary>Puts parts behind the first one, or returns that alone where there are none.</summary>
    [SuppressMessage("Performance", "CA1859", Justification = "One list holds parts, the other an entity.")]
    private MimeEntity Wrap(Multipart multipart, MimeEntity first, IReadOnlyList<MimeEntity> others)
    {
        if (others.Count == 0)
        {
            multipart.Dispose();
            return first;
        }

        multipart.Boundary = string.Create(CultureInfo.InvariantCulture, $"=_{++_boundaries}_{_id.Value:N}");
        multipart.Add(first);
        foreach (var other in others) multipart.Add(other);
        return multipart;
    }

    private static TextPart Text(string subtype, string text)
    {
        // A lone CR or LF would reach the wire as it is (RFC 5321 §2.3.8).
        var bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n").Replace("\v", "", StringComparison.Ordinal));
        return new TextPart(subtype)
        {
            ContentType = { Charset = "utf-8" },
            Content = new MimeContent(new MemoryStream(bytes, writable: false)),
            ContentTransferEncoding = IsMostlyAscii(bytes) ? ContentEncoding.QuotedPrintable : ContentEncoding.Base64,
        };
    }

    // Quoted-printable triples a non-ASCII octet, base64 adds a third to all: they break even at one in six.
    private static bool IsMostlyAscii(byte[] bytes) => bytes.Count(static b => b > 0x7f) * 6L <= bytes.Length;
}
