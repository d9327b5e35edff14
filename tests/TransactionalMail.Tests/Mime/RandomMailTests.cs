using MimeKit;

namespace TransactionalMail.Tests.Mime;

public sealed class RandomMailTests
{
    private const int Count = 2000;

    [Fact]
    public async Task Whatever_is_composed_keeps_to_the_wire_rules_and_reads_back_as_written_M05_M06()
    {
        var mails = new RandomMail(seed: 5321);
        using var signing = Compose.Signing();
        for (var i = 0; i < Count; i++)
        {
            var message = mails.Next();
            var bytes = await Compose.BytesAsync(message, signing);

            WireRules.FindViolation(bytes).Should().BeNull("that holds for message {0}", i);
            using var parsed = Compose.Parse(bytes);
            FindDifference(message, parsed).Should().BeNull("that holds for message {0}", i);
        }
    }

    private static string? FindDifference(EmailMessage message, MimeMessage parsed)
    {
        if (Differ(Addresses([message.From!]), Addresses(parsed.From)) is { } from) return $"From: {from}";
        if (Differ(Addresses(message.To), Addresses(parsed.To)) is { } to) return $"To: {to}";
        if (Differ(Addresses(message.Cc), Addresses(parsed.Cc)) is { } cc) return $"Cc: {cc}";
        if (Differ(Addresses(message.ReplyTo), Addresses(parsed.ReplyTo)) is { } replyTo) return $"Reply-To: {replyTo}";
        if (parsed.Headers.Contains(HeaderId.Bcc)) return "Bcc";
        if (Differ([message.Subject ?? ""], [parsed.Subject!]) is { } subject) return $"Subject: {subject}";
        if (Differ(message.Headers.Values, message.Headers.Keys.Select(name => parsed.Headers[name]!)) is { } header) return $"Headers: {header}";
        if (Differ(message.Metadata.Values, message.Metadata.Keys.Select(key => parsed.Headers["X-Metadata-" + key]!)) is { } metadata) return $"Metadata: {metadata}";
        if (Differ(message.Tags, parsed.Headers.Where(field => field.Field == "X-Tag").Select(field => field.Value)) is { } tag) return $"Tags: {tag}";
        if (!SameText(message.TextBody, parsed.TextBody)) return "TextBody";
        if (!SameText(message.HtmlBody, parsed.HtmlBody)) return "HtmlBody";
        return SameAttachments(message, parsed) ? null : "Attachments";
    }

    private static IEnumerable<string> Addresses(IEnumerable<EmailAddress> addresses) => addresses.Select(address => $"{address.DisplayName} <{address.Address}>");

    private static IEnumerable<string> Addresses(InternetAddressList addresses) => addresses.Mailboxes.Select(mailbox => $"{mailbox.Name} <{mailbox.Address}>");

    private static string? Differ(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var (first, second) = (expected.ToList(), actual.ToList());
        var i = first.Zip(second).TakeWhile(pair => pair.First == pair.Second).Count();
        return i == first.Count && i == second.Count ? null : $"wrote [{first.ElementAtOrDefault(i)}], read [{second.ElementAtOrDefault(i)}]";
    }

    // A body that is the whole message gets the line end it lacks.
    private static bool SameText(string? expected, string? actual) =>
        (expected ?? "").ReplaceLineEndings("\n").TrimEnd('\n') == (actual ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');

    private static bool SameAttachments(EmailMessage message, MimeMessage parsed)
    {
        var parts = parsed.BodyParts.OfType<MimePart>().Where(part => part.ContentDisposition is not null).ToList();
        return parts.Count == message.Attachments.Count
            && message.Attachments.All(attachment => parts.Exists(part =>
                part.ContentDisposition!.FileName == attachment.FileName && part.ContentId == attachment.ContentId && Content(part).SequenceEqual(Content(attachment))));
    }

    private static byte[] Content(MimePart part)
    {
        var stream = new MemoryStream();
        part.Content!.DecodeTo(stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static byte[] Content(EmailAttachment attachment)
    {
        var stream = new MemoryStream();
        using var content = attachment.OpenAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
        content.CopyTo(stream);
        return stream.ToArray();
    }
}
