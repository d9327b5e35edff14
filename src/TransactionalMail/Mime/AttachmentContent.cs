using System.Buffers;
using Microsoft.Extensions.Logging;
using MimeKit.IO;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Mime;

/// <summary>Brings attachments into memory before anything is sent, so that a failing stream cannot cut a mail short.</summary>
internal static class AttachmentContent
{
    private const int BufferSize = 81920;

    /// <summary>Reads every attachment once; those in memory already are not copied.</summary>
    /// <exception cref="EmailValidationException">A stream failed or ended early, or together they have more than <paramref name="maxBytes"/>.</exception>
    public static async ValueTask<IReadOnlyList<Stream>> ReadAsync(IReadOnlyList<EmailAttachment> attachments, long maxBytes, ILogger logger, CancellationToken cancellationToken)
    {
        if (attachments.Count == 0) return [];
        var contents = new List<Stream>(attachments.Count);
        var remaining = maxBytes;
        for (var i = 0; i < attachments.Count; i++)
        {
            var content = await ReadAsync(attachments[i], i, remaining, logger, cancellationToken).ConfigureAwait(false);
            remaining -= content?.Length ?? long.MaxValue;
            if (content is null || remaining < 0) throw TooLarge(i, maxBytes);
            contents.Add(content);
        }

        return contents;
    }

    /// <summary>Returns what <see cref="ReadAsync(IReadOnlyList{EmailAttachment}, long, ILogger, CancellationToken)"/> read, without a copy where one block of memory holds it.</summary>
    public static ReadOnlyMemory<byte> BytesOf(Stream content)
    {
        if (content is MemoryStream memory && memory.TryGetBuffer(out var buffer)) return buffer;
        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        return bytes;
    }

    private static async ValueTask<Stream?> ReadAsync(EmailAttachment attachment, int index, long maxBytes, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            var source = await attachment.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (source is MemoryStream { CanWrite: false, Position: 0 }) return source;
            await using (source.ConfigureAwait(false))
            {
                return await CopyAsync(source, maxBytes, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Not as inner exception: its text names the file, or whatever the application's stream puts there.
            Log.AttachmentUnreadable(logger, index, e);
#pragma warning disable MA0027 // The failure is explained, not rethrown.
            throw new EmailValidationException(
                [new($"Attachments[{index}]", $"Its content could not be read ({e.GetType().Name}). Nothing was sent; make sure that it can be opened and read to its end. The log says more at level Debug.")]);
#pragma warning restore MA0027
        }
    }

    private static async ValueTask<Stream?> CopyAsync(Stream source, long maxBytes, CancellationToken cancellationToken)
    {
        var expected = source.CanSeek ? source.Length - source.Position : 0;
        if (expected > maxBytes) return null;

        Stream content = source.CanSeek ? new MemoryStream((int)expected) : new MemoryBlockStream();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                if (content.Length + count > maxBytes) return null;
                content.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (content.Length < expected) throw new EndOfStreamException($"The stream ended after {content.Length} of {expected} bytes.");
        content.Position = 0;
        return content;
    }

    private static EmailValidationException TooLarge(int index, long maxBytes) =>
        new([new($"Attachments[{index}]", $"With it the attachments exceed {maxBytes} bytes. Send a link instead.")]);
}
