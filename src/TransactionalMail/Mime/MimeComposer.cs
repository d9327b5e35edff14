using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using MimeKit.Utils;
using TransactionalMail.Transports;

namespace TransactionalMail.Mime;

/// <summary>Makes the message that travels: composed, encoded for any relay and signed. Thread-safe.</summary>
/// <remarks>
/// Equal input gives equal bytes, but for the time in the signature: nothing here is random, and boundaries derive from the
/// mail's id. <see cref="WireFormat.Options"/> writes the same bytes every time, and neither <c>Prepare</c> nor SMTPUTF8 changes them.
/// </remarks>
internal sealed class MimeComposer(DkimSigning signing, ILogger<MimeComposer>? logger = null)
{
    /// <summary>The field that carries the mail's id to the provider and back.</summary>
    public const string IdField = "X-TransactionalMail-Id";

    private readonly ILogger _logger = logger ?? NullLogger<MimeComposer>.Instance;

    /// <summary>Gets how many bytes the attachments of one message may have together; they are held in memory while it is sent.</summary>
    /// <value>The default is 100 MiB, more than any provider takes.</value>
    public long MaxAttachmentBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>Composes and signs a message that has been validated and rendered.</summary>
    /// <param name="id">The mail's identity.</param>
    /// <param name="messageId">The Message-ID without angle brackets.</param>
    /// <param name="date">The date, written in UTC.</param>
    /// <param name="message">The message; its Bcc goes into the envelope only, never in here.</param>
    /// <param name="scope">What our signatures cover.</param>
    /// <param name="cancellationToken">Stops the reading of attachments.</param>
    /// <exception cref="EmailValidationException">An attachment could not be read, or they exceed <see cref="MaxAttachmentBytes"/>.</exception>
    public async ValueTask<MimeMessage> ComposeAsync(MailId id, string messageId, DateTimeOffset date, EmailMessage message, DkimScope scope, CancellationToken cancellationToken)
    {
        var from = message.From ?? throw new ArgumentException("The message has no From.", nameof(message));
        var contents = await AttachmentContent.ReadAsync(message.Attachments, MaxAttachmentBytes, _logger, cancellationToken).ConfigureAwait(false);
        var composed = new MimeMessage(Fields(id, messageId, date, from, message)) { Body = BodyWriter.Build(id, message, contents) };
        composed.Prepare(EncodingConstraint.SevenBit);
        signing.Sign(composed, from.AsciiDomain, scope);
        return composed;
    }

    /// <summary>Reads attachments whole, so that they can be kept.</summary>
    /// <exception cref="EmailValidationException">An attachment could not be read, or they exceed <see cref="MaxAttachmentBytes"/>.</exception>
    public async ValueTask<IReadOnlyList<EmailAttachment>> ReadAsync(IReadOnlyList<EmailAttachment> attachments, CancellationToken cancellationToken)
    {
        var contents = await ReadContentsAsync(attachments, cancellationToken).ConfigureAwait(false);
        return [.. attachments.Zip(contents, static (attachment, content) => new EmailAttachment(attachment.FileName, content, attachment.ContentType) { ContentId = attachment.ContentId })];
    }

    /// <summary>Reads the contents of attachments whole.</summary>
    /// <exception cref="EmailValidationException">An attachment could not be read, or they exceed <see cref="MaxAttachmentBytes"/>.</exception>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadContentsAsync(IReadOnlyList<EmailAttachment> attachments, CancellationToken cancellationToken) =>
        [.. (await AttachmentContent.ReadAsync(attachments, MaxAttachmentBytes, _logger, cancellationToken).ConfigureAwait(false)).Select(AttachmentContent.BytesOf)];

    private static IEnumerable<Header> Fields(MailId id, string messageId, DateTimeOffset date, EmailAddress from, EmailMessage message)
    {
        yield return HeaderField.Addresses("From", [from]);
        if (message.To.Count > 0) yield return HeaderField.Addresses("To", message.To);
        if (message.Cc.Count > 0) yield return HeaderField.Addresses("Cc", message.Cc);
        if (message.ReplyTo.Count > 0) yield return HeaderField.Addresses("Reply-To", message.ReplyTo);
        yield return HeaderField.Text("Subject", message.Subject ?? "");
        yield return HeaderField.Text("Date", DateUtils.FormatDate(date.ToUniversalTime()));
        yield return HeaderField.Text("Message-ID", $"<{messageId}>");
        yield return HeaderField.Text("MIME-Version", "1.0");
        yield return HeaderField.Text(IdField, id.ToString());
        foreach (var (name, value) in message.Headers) yield return HeaderField.Text(name, value);
        foreach (var tag in message.Tags) yield return HeaderField.Text("X-Tag", tag);
        foreach (var (key, value) in message.Metadata) yield return HeaderField.Text("X-Metadata-" + key, value);
    }
}
