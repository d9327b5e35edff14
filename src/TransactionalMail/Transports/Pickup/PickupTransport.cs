using System.Globalization;
using System.Text;

namespace TransactionalMail.Transports.Pickup;

/// <summary>Writes each mail into a folder; a file with its final name is always whole.</summary>
internal sealed class PickupTransport(PickupOptions options, string name) : IMailTransport
{
    /// <summary>Without the envelope, a folder keeps no bounce address.</summary>
    public MailFeatures Features => options.WriteEnvelope ? MailFeatures.Mime : MailFeatures.Mime & ~MailFeatures.EnvelopeSender;

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        await mail.GetMimeMessageAsync(cancellationToken).ConfigureAwait(false);
        var path = Path.Combine(options.Folder, $"{mail.Id}.eml");
        var unfinished = Path.Combine(options.Folder, $".{mail.Id}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(options.Folder);
            try
            {
                var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
                await using (file.ConfigureAwait(false))
                {
                    if (options.WriteEnvelope) await file.WriteAsync(EnvelopeLines(mail.Envelope), cancellationToken).ConfigureAwait(false);
                    await mail.WriteToAsync(file, cancellationToken).ConfigureAwait(false);
                    await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                    file.Flush(flushToDisk: true);
                }

                File.Move(unfinished, path, overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MailTransportException(TransportFailure.Unavailable, name, "The mail could not be written to its folder. Check that it exists, that this process may write there, and that the disk has room.", failure);
        }

        return TransportReceipt.Accepted(mail, name, Path.GetFileName(path));
    }

    private static byte[] EnvelopeLines(MailEnvelope envelope)
    {
        var lines = new StringBuilder($"X-Sender: {envelope.Sender.SmtpAddress}\r\n");
        foreach (var recipient in envelope.Recipients) lines.Append(CultureInfo.InvariantCulture, $"X-Receiver: {recipient.SmtpAddress}\r\n");
        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}
