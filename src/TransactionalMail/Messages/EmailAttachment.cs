using System.Runtime.InteropServices;
using MimeKit;

namespace TransactionalMail;

/// <summary>A file that travels with a message, or an image shown inside its HTML. Immutable and thread-safe.</summary>
/// <remarks>
/// The file name is data: it is encoded for the recipient (RFC 2231) and never used as a path.
/// </remarks>
public sealed class EmailAttachment
{
    private readonly Func<CancellationToken, ValueTask<Stream>> _open;

    /// <summary>Initialises an attachment from bytes.</summary>
    /// <param name="fileName">The name the recipient sees.</param>
    /// <param name="content">The content; the caller must not change it afterwards.</param>
    /// <param name="contentType">The media type; <see langword="null"/> derives it from the file name.</param>
    public EmailAttachment(string fileName, ReadOnlyMemory<byte> content, string? contentType = null)
        : this(fileName, _ => ValueTask.FromResult<Stream>(Open(content)), contentType)
    {
    }

    /// <summary>Initialises an attachment from a stream that can be opened again, so that a large file need not stay in memory.</summary>
    /// <param name="fileName">The name the recipient sees.</param>
    /// <param name="open">Opens the content from its beginning; called once each time the mail is composed, and the stream is disposed.</param>
    /// <param name="contentType">The media type; <see langword="null"/> derives it from the file name.</param>
    public EmailAttachment(string fileName, Func<CancellationToken, ValueTask<Stream>> open, string? contentType = null)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(open);
        FileName = fileName;
        ContentType = contentType ?? DeriveContentType(fileName);
        _open = open;
    }

    /// <summary>Gets the name the recipient sees, of any length and in any script, on one line.</summary>
    public string FileName { get; }

    /// <summary>Gets the media type (RFC 2045 §5), such as <c>application/pdf</c>.</summary>
    /// <value>The default is derived from the file name's extension, else <c>application/octet-stream</c>.</value>
    /// <remarks>
    /// Parameters may follow, such as <c>; charset=utf-8</c>; the name is <see cref="FileName"/>. Types <c>multipart/*</c> and
    /// <c>message/*</c> are refused when the mail is sent, because they cannot be encoded (RFC 2045 §6.4).
    /// </remarks>
    public string ContentType { get; }

    /// <summary>Gets the content id, without angle brackets, by which the HTML shows this part: <c>&lt;img src="cid:logo"&gt;</c> (RFC 2392).</summary>
    /// <value>The default is <see langword="null"/>: an attachment to download.</value>
    /// <remarks>Up to 255 ASCII letters, digits, @ and other characters that need no quoting in an address or a URL.</remarks>
    public string? ContentId { get; init; }

    /// <summary>Makes an attachment from a file, which is read each time the mail is composed.</summary>
    /// <param name="path">The file to read.</param>
    /// <param name="contentType">The media type; <see langword="null"/> derives it from the file name.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static EmailAttachment FromFile(string path, string? contentType = null)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new FileNotFoundException("The file to attach does not exist.", path);
        return new EmailAttachment(file.Name, _ => ValueTask.FromResult<Stream>(new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.Asynchronous | FileOptions.SequentialScan)), contentType);
    }

    /// <summary>Opens the content from its beginning; the caller disposes the stream.</summary>
    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken = default) => _open(cancellationToken);

    /// <summary>Returns the media type, never the file name or content.</summary>
    public override string ToString() => ContentId is null ? $"attachment ({ContentType})" : $"inline ({ContentType})";

    // A saved message is attached as a file: message/rfc822 cannot be encoded.
    private static string DeriveContentType(string fileName)
    {
        const string Unknown = "application/octet-stream";
        var derived = MimeTypes.GetMimeType(fileName);
        return derived.StartsWith("message/", StringComparison.OrdinalIgnoreCase) || derived.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) ? Unknown : derived;
    }

    private static MemoryStream Open(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var bytes)
            ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
