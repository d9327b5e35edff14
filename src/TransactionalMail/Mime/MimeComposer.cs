using System.Globalization;
using System.Text;
using MimeKit;

namespace TransactionalMail.Mime;

/// <summary>Writes an accepted message as MIME and signs it; equal input gives equal unsigned bytes.</summary>
internal sealed class MimeComposer(DkimSigning signing)
{
    /// <summary>RFC 2045 §6.7 ends encoded lines here; MimeKit's own choice is two characters more.</summary>
    private const int MaxEncodedLine = 76;

    /// <param name="id">The mail's identity, from which boundaries derive.</param>
    /// <param name="messageId">The Message-ID without angle brackets.</param>
    /// <param name="date">The Date, written in UTC.</param>
    /// <param name="message">A valid message with its author and without a template.</param>
    /// <param name="cancellationToken">Ends the reading of attachments.</param>
    public async ValueTask<MimeMessage> ComposeAsync(MailId id, string messageId, DateTimeOffset date, EmailMessage message, CancellationToken cancellationToken)
    {
        var mime = new MimeMessage();
        try
        {
            WriteHeaders(mime, id, messageId, date, message);
            mime.Body = await BodyWriter.WriteAsync(id, message, cancellationToken).ConfigureAwait(false);
            mime.Prepare(EncodingConstraint.SevenBit, MaxEncodedLine);
            signing.Sign(mime, message.From!.AsciiDomain);
            return mime;
        }
        catch
        {
            mime.Dispose();
            throw;
        }
    }

    private static void WriteHeaders(MimeMessage mime, MailId id, string messageId, DateTimeOffset date, EmailMessage message)
    {
        mime.From.Add(Mailbox(message.From!));
        mime.To.AddRange(message.To.Select(Mailbox));
        mime.Cc.AddRange(message.Cc.Select(Mailbox));
        mime.ReplyTo.AddRange(message.ReplyTo.Select(Mailbox));
        mime.Subject = message.Subject ?? "";
        mime.Date = date.ToUniversalTime();
        mime.MessageId = messageId;
        mime.Headers.Add("X-TransactionalMail-Id", id.ToString());
        foreach (var (name, value) in message.Headers) mime.Headers.Add(name, Encoding.UTF8, value);
        foreach (var tag in message.Tags) mime.Headers.Add("X-Tag", Encoding.UTF8, tag);
        foreach (var (key, value) in message.Metadata) mime.Headers.Add($"X-Metadata-{key}", Encoding.UTF8, value);
    }

    // A domain has an ASCII form; a local part has none and stays UTF-8, which its route must carry (RFC 6532).
    private static MailboxAddress Mailbox(EmailAddress address) =>
        new(Encoding.UTF8, address.DisplayName, string.Create(CultureInfo.InvariantCulture, $"{address.LocalPart}@{address.AsciiDomain}"));
}
