using System.Text.Json.Serialization;

namespace TransactionalMail.Transports.Postmark;

/// <summary>What travels: https://postmarkapp.com/developer/api/email-api#send-a-single-email.</summary>
internal static partial class PostmarkJson
{
    /// <summary>The body of <c>POST /email</c>.</summary>
    internal sealed record Email
    {
        public required string From { get; init; }

        public string? To { get; init; }

        public string? Cc { get; init; }

        public string? Bcc { get; init; }

        public string? ReplyTo { get; init; }

        public string? Subject { get; init; }

        public string? Tag { get; init; }

        public string? HtmlBody { get; init; }

        public string? TextBody { get; init; }

        public IReadOnlyList<Header>? Headers { get; init; }

        public bool? TrackOpens { get; init; }

        public string? TrackLinks { get; init; }

        public IReadOnlyList<Attachment>? Attachments { get; init; }

        public required IReadOnlyDictionary<string, string> Metadata { get; init; }

        public string? MessageStream { get; init; }
    }

    internal sealed record Header(string Name, string Value);

    internal sealed record Attachment(string Name, ReadOnlyMemory<byte> Content, string ContentType, [property: JsonPropertyName("ContentID")] string? ContentId);

    /// <summary>The answer, of success and failure alike; the code may be a numeric string.</summary>
    internal sealed record Answer(
        [property: JsonPropertyName("MessageID")] string? MessageId,
        [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] int? ErrorCode,
        string? Message);

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Email))]
    [JsonSerializable(typeof(Answer))]
    internal sealed partial class PostmarkContext : JsonSerializerContext;
}
