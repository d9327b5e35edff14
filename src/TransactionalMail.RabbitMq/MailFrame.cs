using System.Buffers.Binary;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>A mail as one message: a version, then the entry and each attachment's content, each behind its length (4 bytes, big-endian).</summary>
internal static class MailFrame
{
    private const byte Version = 1;

    /// <summary>Writes an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="limit">The largest message, in bytes.</param>
    /// <param name="cancellationToken">Ends the reading of attachments.</param>
    /// <exception cref="EmailValidationException">It is larger.</exception>
    public static async ValueTask<byte[]> WriteAsync(OutboxEntry entry, int limit, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> parts = [OutboxPayload.Write(entry), .. await OutboxPayload.ReadContentsAsync(entry.Message, cancellationToken).ConfigureAwait(false)];
        var length = 1 + parts.Sum(static p => 4L + p.Length);
        if (length > limit)
        {
            throw new EmailValidationException([new(
                entry.Message.Attachments.Count > 0 ? "Attachments" : "HtmlBody",
                $"The mail takes {length} bytes in the queue, and {limit} are allowed. Send a link instead of the content, or raise MaxMessageBytes and the broker's max_message_size.")]);
        }

        var frame = new byte[length];
        frame[0] = Version;
        var at = 1;
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(at), part.Length);
            part.Span.CopyTo(frame.AsSpan(at + 4));
            at += 4 + part.Length;
        }

        return frame;
    }

    /// <summary>Reads an entry. The contents of its attachments are parts of the given bytes, not copies.</summary>
    /// <param name="frame">The bytes.</param>
    /// <param name="streamName">The stream whose queue it came from. Its own word for it could name any queue.</param>
    /// <exception cref="OutboxPayloadException">A later release wrote the entry, or it is damaged.</exception>
    /// <exception cref="InvalidDataException">This is no such message, or that of a later release.</exception>
    public static OutboxEntry Read(ReadOnlyMemory<byte> frame, string streamName)
    {
        if (frame.Length == 0 || frame.Span[0] != Version) throw new InvalidDataException("The message is not of this library, or a later release wrote it.");

        List<ReadOnlyMemory<byte>> parts = [];
        for (var rest = frame[1..]; rest.Length > 0;)
        {
            var length = rest.Length < 4 ? -1 : BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            if (length < 0 || length > rest.Length - 4) throw new InvalidDataException("The message is damaged: its parts are longer than it is.");
            parts.Add(rest.Slice(4, length));
            rest = rest[(4 + length)..];
        }

        if (parts.Count == 0) throw new InvalidDataException("The message is damaged: it is empty.");
        var entry = OutboxPayload.Read(parts[0].Span).ToEntry([.. parts.Skip(1)]);
        return string.Equals(Topology.KeyOf(entry.StreamName), Topology.KeyOf(streamName), StringComparison.Ordinal) ? entry : entry with { StreamName = streamName };
    }
}
