using System.Text;
using System.Text.Json;

namespace TransactionalMail.Outbox;

/// <summary>An <see cref="OutboxEntry"/> as bytes, for outboxes that keep it outside of this process. Immutable and thread-safe.</summary>
/// <remarks>
/// <para>
/// The bytes carry a version, and every release reads all versions before it. They hold everything but the attachments' contents, so
/// that a store can keep large contents apart from what it looks at often. They are personal data, and not encrypted.
/// </para>
/// <para>They are a JSON document and, behind it, the text and the HTML as UTF-8, which need neither be escaped nor looked through for escapes.</para>
/// <para>Every field of <see cref="EmailMessage"/> reads back exactly, except for <see cref="EmailMessage.Template"/>: what is in an outbox is rendered.</para>
/// </remarks>
public sealed class OutboxPayload
{
    private const int Version = 1;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly OutboxPayloadJson.Entry _entry;
    private readonly OutboxEntry _read;

    private OutboxPayload(OutboxPayloadJson.Entry entry, ReadOnlySpan<byte> bodies)
    {
        if (entry.Attachments?.Any(static a => a is null) is true) throw OutboxPayloadException.Damaged();
        var (text, html) = (ReadBody(entry.Message.TextBytes, ref bodies), ReadBody(entry.Message.HtmlBytes, ref bodies));
        if (!bodies.IsEmpty) throw OutboxPayloadException.Damaged();
        _entry = entry;
        _read = entry.ToOutboxEntry(text, html);
    }

    /// <summary>Gets how many contents <see cref="ToEntry"/> needs.</summary>
    public int AttachmentCount => _entry.Attachments?.Count ?? 0;

    /// <summary>Writes an entry in the newest version, without its attachments' contents.</summary>
    /// <param name="entry">The entry.</param>
    /// <exception cref="ArgumentException">Its message still has a template.</exception>
    public static byte[] Write(OutboxEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Message.Template is not null) throw new ArgumentException("The message has a template still. Only rendered mail is kept.", nameof(entry));
        var json = OutboxPayloadJson.Entry.Of(entry, Version);
        var head = JsonSerializer.SerializeToUtf8Bytes(json, OutboxPayloadJson.Wire.Entry);
        var (textBytes, htmlBytes) = (json.Message.TextBytes ?? 0, json.Message.HtmlBytes ?? 0);
        var payload = new byte[checked(head.Length + textBytes + htmlBytes)];
        head.CopyTo(payload, 0);
        Encoding.UTF8.GetBytes(entry.Message.TextBody, payload.AsSpan(head.Length, textBytes));
        Encoding.UTF8.GetBytes(entry.Message.HtmlBody, payload.AsSpan(head.Length + textBytes, htmlBytes));
        return payload;
    }

    /// <summary>Reads the contents of a message's attachments, in order, to be kept beside what <see cref="Write"/> returns.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadContentsAsync(EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Attachments.Count == 0) return [];

        var contents = new List<ReadOnlyMemory<byte>>(message.Attachments.Count);
        foreach (var attachment in message.Attachments)
        {
            var stream = await attachment.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                using var content = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length, Array.MaxLength) : 0);
                await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
                contents.Add(content.GetBuffer().AsMemory(0, (int)content.Length));
            }
        }

        return contents;
    }

    /// <summary>Reads what <see cref="Write"/> of this or an earlier release wrote.</summary>
    /// <param name="payload">The bytes.</param>
    /// <exception cref="OutboxPayloadException">A later release wrote them, or they are damaged.</exception>
    public static OutboxPayload Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            var version = ReadVersion(payload);
            if (version is < 1 or > Version) throw OutboxPayloadException.UnknownVersion(version, Version);

            // A later version gets a record of its own, and this is where the way parts.
            var reader = new Utf8JsonReader(payload);
            return JsonSerializer.Deserialize(ref reader, OutboxPayloadJson.Wire.Entry) is { } entry ? new OutboxPayload(entry, payload[(int)reader.BytesConsumed..]) : throw OutboxPayloadException.Damaged();
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            // What it says quotes the bytes, or an address; it is not passed on.
            throw OutboxPayloadException.Damaged();
        }
    }

    /// <summary>Returns the entry.</summary>
    /// <param name="contents">The attachments' contents in the order of <see cref="ReadContentsAsync"/>; nobody may change them afterwards.</param>
    /// <exception cref="OutboxPayloadException">There are more or fewer contents than attachments.</exception>
    public OutboxEntry ToEntry(IReadOnlyList<ReadOnlyMemory<byte>> contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        if (contents.Count != AttachmentCount) throw OutboxPayloadException.AttachmentsMissing(AttachmentCount, contents.Count);
        if (contents.Count == 0) return _read;

        IReadOnlyList<EmailAttachment> attachments = [.. _entry.Attachments!.Select((a, i) => new EmailAttachment(a.FileName, contents[i], a.ContentType) { ContentId = a.ContentId })];
        return _read with { Message = _read.Message with { Attachments = attachments } };
    }

    /// <summary>Returns identity and counts, never addresses or content.</summary>
    public override string ToString() => _read.ToString();

    private static string? ReadBody(int? length, ref ReadOnlySpan<byte> bodies)
    {
        if (length is not { } bytes) return null;
        if (bytes < 0 || bytes > bodies.Length) throw OutboxPayloadException.Damaged();
        var body = s_utf8.GetString(bodies[..bytes]);
        bodies = bodies[bytes..];
        return body;
    }

    /// <summary>Finds the version without reading anything else, for the rest may be anything.</summary>
    private static int ReadVersion(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        return reader.Read() && reader.TokenType is JsonTokenType.StartObject
            && reader.Read() && reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals(OutboxPayloadJson.VersionName)
            && reader.Read() && reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var version)
            ? version
            : throw OutboxPayloadException.Damaged();
    }
}
