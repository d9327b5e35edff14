using System.Net;
using System.Net.Http.Headers;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>The mail as the file of a form. It is written straight to the connection, so that no second copy of it is held.</summary>
internal sealed class MailgunFile : HttpContent
{
    private readonly MimeMessage _message;

    public MailgunFile(MimeMessage message)
    {
        _message = message;
        Length = WireFormat.Measure(message);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"message\"", FileName = "\"message.eml\"" };
    }

    /// <summary>Gets the size in octets.</summary>
    public long Length { get; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _message.WriteToAsync(WireFormat.Options, stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }
}
