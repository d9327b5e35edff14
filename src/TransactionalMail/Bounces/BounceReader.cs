using MimeKit;

namespace TransactionalMail.Bounces;

/// <summary>Tells reports apart, and makes events of them.</summary>
internal sealed class BounceReader(TimeProvider time) : IBounceReader
{
    private const int MaxBytes = 1024 * 1024;

    public BounceReport Read(MimeMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var parts = ReportParts.Of(message);
        var events = new ReportEvents(message, parts, time.GetUtcNow());
        if (parts.Feedback is { } feedback) return new BounceReport { Events = events.OfComplaint(feedback) };

        var recipients = StatusReport.Read(parts);
        if (recipients.Count > 0) return new BounceReport { Events = events.OfDelivery(recipients) };
        if (BounceSigns.AreIn(message, parts)) return new BounceReport { Events = events.OfDelivery(NoticeReport.Read(message, parts)) };
        return new BounceReport { IsAutoReply = AutoReply.Is(message) };
    }

    public async ValueTask<BounceReport> ReadAsync(Stream message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var head = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (head.Length < MaxBytes)
        {
            var read = await message.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, MaxBytes - head.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            head.Write(buffer, 0, read);
        }

        head.SetLength(FoldedFields.Shorten(head.GetBuffer().AsSpan(0, (int)head.Length)));
        head.Position = 0;
        return Read(Parse(head, cancellationToken) ?? throw new FormatException("The stream holds no e-mail message. Pass the whole message as it was received, beginning with its header."));
    }

    private static MimeMessage? Parse(MemoryStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return new MimeParser(stream, MimeFormat.Entity).ParseMessage(cancellationToken);
        }
        catch (FormatException)
        {
            // The parser's own text may quote what it read, and is not kept.
            return null;
        }
    }
}
