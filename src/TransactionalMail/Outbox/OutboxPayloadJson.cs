using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransactionalMail.Outbox;

/// <summary>What is written, version 1. Names and meanings stay as they are for ever; a change is a version of its own.</summary>
internal static partial class OutboxPayloadJson
{
    /// <summary>The name of the first property in every version.</summary>
    public const string VersionName = "version";

    /// <summary>Gets the context. Text is written as it is, for nothing but JSON readers sees it.</summary>
    public static PayloadContext Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // what is not understood must not be lost: it may be a recipient
    });

    /// <summary>An entry with its message.</summary>
    internal sealed record Entry
    {
        [JsonPropertyOrder(-1)]
        public required int Version { get; init; }

        public required Guid Id { get; init; }

        public required string StreamName { get; init; }

        public string? TemplateName { get; init; }

        public required DateTimeOffset AcceptedAt { get; init; }

        public required DateTimeOffset DueAt { get; init; }

        public required IReadOnlyList<Address> Recipients { get; init; }

        public int Attempts { get; init; }

        public string? PinnedTransport { get; init; }

        public string? LastFailure { get; init; }

        public string? TraceParent { get; init; }

        public string? ContentHash { get; init; }

        public required Message Message { get; init; }

        public IReadOnlyList<Attachment>? Attachments { get; init; }

        public static Entry Of(OutboxEntry entry, int version) => new()
        {
            Version = version,
            Id = entry.Id.Value,
            StreamName = entry.StreamName,
            TemplateName = entry.TemplateName,
            AcceptedAt = entry.AcceptedAt,
            DueAt = entry.DueAt,
            Recipients = Address.AllOf(entry.Recipients) ?? [],
            Attempts = entry.Attempts,
            PinnedTransport = entry.PinnedTransport,
            LastFailure = entry.LastFailure,
            TraceParent = entry.TraceParent,
            ContentHash = entry.ContentHash,
            Message = Message.Of(entry.Message),
            Attachments = entry.Message.Attachments is { Count: > 0 } some ? [.. some.Select(static a => new Attachment(a.FileName, a.ContentType, a.ContentId))] : null,
        };

        /// <summary>Returns the entry without attachments.</summary>
        public OutboxEntry ToOutboxEntry(string? textBody, string? htmlBody) => new()
        {
            Id = new MailId(Id),
            StreamName = StreamName,
            Message = Message.ToEmailMessage(textBody, htmlBody),
            TemplateName = TemplateName,
            AcceptedAt = AcceptedAt,
            DueAt = DueAt,
            Recipients = Address.ToEmailAddresses(Recipients),
            Attempts = Attempts,
            PinnedTransport = PinnedTransport,
            LastFailure = LastFailure,
            TraceParent = TraceParent,
            ContentHash = ContentHash,
        };
    }

    internal sealed record Message
    {
        public Address? From { get; init; }

        public Address? EnvelopeSender { get; init; }

        public IReadOnlyList<Address>? To { get; init; }

        public IReadOnlyList<Address>? Cc { get; init; }

        public IReadOnlyList<Address>? Bcc { get; init; }

        public IReadOnlyList<Address>? ReplyTo { get; init; }

        public string? Subject { get; init; }

        /// <summary>Gets how long the text body is behind this document.</summary>
        public int? TextBytes { get; init; }

        public int? HtmlBytes { get; init; }

        public IReadOnlyList<string>? Tags { get; init; }

        public IReadOnlyDictionary<string, string>? Headers { get; init; }

        public IReadOnlyDictionary<string, string>? Metadata { get; init; }

        public IReadOnlyDictionary<string, string>? ProviderOptions { get; init; }

        public bool? TrackOpens { get; init; }

        public bool? TrackClicks { get; init; }

        public string? StreamName { get; init; }

        public string? IdempotencyKey { get; init; }

        public DateTimeOffset? NotBefore { get; init; }

        public DateTimeOffset? NotAfter { get; init; }

        public static Message Of(EmailMessage message) => new()
        {
            From = Address.Of(message.From),
            EnvelopeSender = Address.Of(message.EnvelopeSender),
            To = Address.AllOf(message.To),
            Cc = Address.AllOf(message.Cc),
            Bcc = Address.AllOf(message.Bcc),
            ReplyTo = Address.AllOf(message.ReplyTo),
            Subject = message.Subject,
            TextBytes = BytesOf(message.TextBody),
            HtmlBytes = BytesOf(message.HtmlBody),
            Tags = message.Tags is { Count: > 0 } tags ? tags : null,
            Headers = SomeOf(message.Headers),
            Metadata = SomeOf(message.Metadata),
            ProviderOptions = SomeOf(message.ProviderOptions),
            TrackOpens = message.TrackOpens,
            TrackClicks = message.TrackClicks,
            StreamName = message.StreamName,
            IdempotencyKey = message.IdempotencyKey,
            NotBefore = message.NotBefore,
            NotAfter = message.NotAfter,
        };

        public EmailMessage ToEmailMessage(string? textBody, string? htmlBody) => new()
        {
            From = From?.ToEmailAddress(),
            EnvelopeSender = EnvelopeSender?.ToEmailAddress(),
            To = Address.ToEmailAddresses(To),
            Cc = Address.ToEmailAddresses(Cc),
            Bcc = Address.ToEmailAddresses(Bcc),
            ReplyTo = Address.ToEmailAddresses(ReplyTo),
            Subject = Subject,
            TextBody = textBody,
            HtmlBody = htmlBody,
            Tags = Whole(Tags),
            Headers = Whole(Headers),
            Metadata = Whole(Metadata),
            ProviderOptions = Whole(ProviderOptions),
            TrackOpens = TrackOpens,
            TrackClicks = TrackClicks,
            StreamName = StreamName,
            IdempotencyKey = IdempotencyKey,
            NotBefore = NotBefore,
            NotAfter = NotAfter,
        };

        private static int? BytesOf(string? body) => body is null ? null : Encoding.UTF8.GetByteCount(body);

        private static IReadOnlyDictionary<string, string>? SomeOf(IReadOnlyDictionary<string, string> values) => values.Count > 0 ? values : null;

        /// <remarks>Annotations of elements are not looked at by the reader.</remarks>
        private static IReadOnlyList<string> Whole(IReadOnlyList<string?>? values) =>
            values is null ? [] : [.. values.Select(static v => v ?? throw OutboxPayloadException.Damaged())];

        private static Dictionary<string, string> Whole(IReadOnlyDictionary<string, string>? values) =>
            values is null ? [] : new(values.Select(static v => v.Value is null ? throw OutboxPayloadException.Damaged() : v), StringComparer.Ordinal);
    }

    /// <summary>An address in its author's spelling; the name apart, for it needs no quotes here.</summary>
    [method: JsonConstructor]
    internal sealed record Address([property: JsonRequired] string Value, string? Name)
    {
        public static Address? Of(EmailAddress? address) => address is null ? null : new Address(address.Address, address.DisplayName);

        public static IReadOnlyList<Address>? AllOf(IReadOnlyList<EmailAddress> addresses) =>
            addresses.Count == 0 ? null : [.. addresses.Select(static a => new Address(a.Address, a.DisplayName))];

        public static IReadOnlyList<EmailAddress> ToEmailAddresses(IReadOnlyList<Address?>? addresses) =>
            addresses is null ? [] : [.. addresses.Select(static a => (a ?? throw OutboxPayloadException.Damaged()).ToEmailAddress())];

        public EmailAddress ToEmailAddress() => new(Value, Name);
    }

    /// <summary>An attachment without its content.</summary>
    internal sealed record Attachment([property: JsonRequired] string FileName, [property: JsonRequired] string ContentType, string? ContentId);

    [JsonSerializable(typeof(Entry))]
    internal sealed partial class PayloadContext : JsonSerializerContext;
}
