using System.Text.Json.Serialization;

namespace TransactionalMail.Transports.SendGrid;

/// <summary>What travels: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send.</summary>
internal static partial class SendGridJson
{
    /// <summary>The body of <c>POST /v3/mail/send</c>.</summary>
    internal sealed record Mail
    {
        public required IReadOnlyList<Personalization> Personalizations { get; init; }

        public required Address From { get; init; }

        public IReadOnlyList<Address>? ReplyToList { get; init; }

        public required string? Subject { get; init; }

        public required IReadOnlyList<Content> Content { get; init; }

        public IReadOnlyList<Attachment>? Attachments { get; init; }

        public IReadOnlyDictionary<string, string>? Headers { get; init; }

        public IReadOnlyList<string>? Categories { get; init; }

        public required IReadOnlyDictionary<string, string> CustomArgs { get; init; }

        public Group? Asm { get; init; }

        public string? IpPoolName { get; init; }

        public MailSettings? MailSettings { get; init; }

        public TrackingSettings? TrackingSettings { get; init; }
    }

    /// <summary>A mail of its own; its recipients see each other, and nobody else.</summary>
    internal sealed record Personalization(IReadOnlyList<Address> To, IReadOnlyList<Address>? Cc = null, IReadOnlyList<Address>? Bcc = null);

    internal sealed record Address(string Email, string? Name);

    internal sealed record Content(string Type, string Value);

    internal sealed record Attachment([property: JsonPropertyName("content")] ReadOnlyMemory<byte> Bytes, string Type, string Filename, string Disposition, string? ContentId);

    internal sealed record Group(int GroupId);

    internal sealed record MailSettings(Switch SandboxMode);

    internal sealed record TrackingSettings(Switch? ClickTracking, Switch? OpenTracking);

    internal sealed record Switch(bool Enable);

    /// <summary>The answer of failures; an accepted mail has none.</summary>
    internal sealed record Answer(IReadOnlyList<Error>? Errors);

    internal sealed record Error(string? Message, string? Field);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Mail))]
    [JsonSerializable(typeof(Answer))]
    internal sealed partial class SendGridContext : JsonSerializerContext;
}
