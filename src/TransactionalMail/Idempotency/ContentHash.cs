using TransactionalMail.Messages;

namespace TransactionalMail.Idempotency;

/// <summary>Tells whether two calls with one idempotency key mean the same mail.</summary>
/// <remarks>It covers what the application wrote, model and template's name rather than what was rendered, and leaves out when it may go: a repeated call often says "in ten minutes" anew.</remarks>
internal static class ContentHash
{
    /// <param name="message">The message as the application gave it.</param>
    /// <param name="streamName">The stream it goes through.</param>
    /// <param name="attachments">The contents of its attachments, in order.</param>
    public static string Of(EmailMessage message, string streamName, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        using var hash = new FieldHash();
        hash.Add(streamName.ToUpperInvariant());
        Add(hash, message.From is null ? [] : [message.From]);
        Add(hash, message.EnvelopeSender is null ? [] : [message.EnvelopeSender]);
        foreach (var addresses in new[] { message.To, message.Cc, message.Bcc, message.ReplyTo }) Add(hash, addresses);
        foreach (var text in new[] { message.Subject, message.TextBody, message.HtmlBody }) hash.Add(text);
        hash.Add(message.Template?.Name);
        hash.Add(message.Template?.Culture.Name);
        hash.Add(message.Template?.Model.GetRawText());
        hash.Add(attachments.Count);
        foreach (var (attachment, content) in message.Attachments.Zip(attachments))
        {
            foreach (var text in new[] { attachment.FileName, attachment.ContentType, attachment.ContentId }) hash.Add(text);
            hash.Add(content.Span);
        }

        hash.Add(message.Tags);
        foreach (var pairs in new[] { message.Headers, message.Metadata, message.ProviderOptions })
        {
            hash.Add(pairs.Count);
            hash.Add(pairs);
        }

        hash.Add(message.TrackOpens?.ToString());
        hash.Add(message.TrackClicks?.ToString());
        return hash.Finish();
    }

    private static void Add(FieldHash hash, IReadOnlyList<EmailAddress> addresses) => hash.Add([.. addresses.Select(static a => a.ToString())]);
}
