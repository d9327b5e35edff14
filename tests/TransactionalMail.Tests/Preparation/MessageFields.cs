using System.Text.Json;

namespace TransactionalMail.Tests.Preparation;

/// <summary>Every text field of a message by the name the header-injection corpus gives it, and how to put a value there.</summary>
internal static class MessageFields
{
    private static readonly ReadOnlyMemory<byte> s_empty = ReadOnlyMemory<byte>.Empty;

    public static readonly IReadOnlyDictionary<string, Func<string, EmailMessage>> All = new Dictionary<string, Func<string, EmailMessage>>
    {
        ["from.address"] = value => Valid() with { From = new EmailAddress(value) },
        ["from.displayName"] = value => Valid() with { From = new EmailAddress("a@example.com", value) },
        ["envelope.from"] = value => Valid() with { EnvelopeSender = new EmailAddress(value) },
        ["to"] = value => Valid() with { To = [value] },
        ["to.address"] = value => Valid() with { To = [new EmailAddress(value)] },
        ["to.displayName"] = value => Valid() with { To = [new EmailAddress("a@example.com", value)] },
        ["cc.displayName"] = value => Valid() with { Cc = [new EmailAddress("a@example.com", value)] },
        ["bcc.address"] = value => Valid() with { Bcc = [new EmailAddress(value)] },
        ["replyTo.address"] = value => Valid() with { ReplyTo = [new EmailAddress(value)] },
        ["replyTo.displayName"] = value => Valid() with { ReplyTo = [new EmailAddress("a@example.com", value)] },
        ["subject"] = value => Valid() with { Subject = value },
        ["templateName"] = value => Valid() with { TextBody = null, Template = new EmailTemplate(value, JsonElement.Parse("{}")) },
        ["attachment.fileName"] = value => Valid() with { Attachments = [new EmailAttachment(value, s_empty)] },
        ["attachment.contentType"] = value => Valid() with { Attachments = [new EmailAttachment("a.txt", s_empty, value)] },
        ["contentType.parameterName"] = value => Valid() with { Attachments = [new EmailAttachment("a.txt", s_empty, $"text/plain; {value}=x")] },
        ["attachment.contentId"] = value => Valid() with { Attachments = [new EmailAttachment("a.txt", s_empty) { ContentId = value }] },
        ["tag"] = value => Valid() with { Tags = [value] },
        ["header.name"] = value => Valid() with { Headers = Pair(value, "x") },
        ["header.value"] = value => Valid() with { Headers = Pair("X-Order", value) },
        ["header:In-Reply-To"] = value => Valid() with { Headers = Pair("In-Reply-To", value) },
        ["header:References"] = value => Valid() with { Headers = Pair("References", value) },
        ["header:List-Unsubscribe"] = value => Valid() with { Headers = Pair("List-Unsubscribe", value) },
        ["header:List-Help"] = value => Valid() with { Headers = Pair("List-Help", value) },
        ["header:List-Post"] = value => Valid() with { Headers = Pair("List-Post", value) },
        ["header:List-Owner"] = value => Valid() with { Headers = Pair("List-Owner", value) },
        ["header:List-Archive"] = value => Valid() with { Headers = Pair("List-Archive", value) },
        ["header:Message-ID"] = value => Valid() with { Headers = Pair("Message-ID", value) },
        ["metadata.name"] = value => Valid() with { Metadata = Pair(value, "x") },
        ["metadata.value"] = value => Valid() with { Metadata = Pair("order", value) },
        ["providerOption.name"] = value => Valid() with { ProviderOptions = Pair(value, "x") },
        ["providerOption.value"] = value => Valid() with { ProviderOptions = Pair("postmark:TrackLinks", value) },
        ["streamName"] = value => Valid() with { StreamName = value },
        ["idempotencyKey"] = value => Valid() with { IdempotencyKey = value },
    };

    public static EmailMessage Valid() => new() { From = "shop@example.com", To = ["ada@example.com"], TextBody = "x" };

    /// <summary>Everything a transport could write on one line.</summary>
    public static IEnumerable<string> LinesOf(EmailMessage message) =>
    [
        .. new[] { message.From, message.EnvelopeSender }.Concat(message.To).Concat(message.Cc).Concat(message.Bcc).Concat(message.ReplyTo)
            .OfType<EmailAddress>().SelectMany(address => new[] { address.ToString(), address.Address, address.SmtpAddress, address.AsciiDomain, address.DisplayName ?? "" }),
        .. message.Attachments.SelectMany(attachment => new[] { attachment.FileName, attachment.ContentType, attachment.ContentId ?? "" }),
        .. message.Tags,
        .. message.Headers.Concat(message.Metadata).Concat(message.ProviderOptions).SelectMany(pair => new[] { pair.Key, pair.Value }),
        message.Subject ?? "", message.Template?.Name ?? "", message.StreamName ?? "", message.IdempotencyKey ?? "",
    ];

    private static Dictionary<string, string> Pair(string name, string value) => new() { [name] = value };
}
