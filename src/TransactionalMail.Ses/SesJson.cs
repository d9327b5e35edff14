using System.Text.Json.Serialization;

namespace TransactionalMail.Transports.Ses;

/// <summary>What travels: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html.</summary>
internal static partial class SesJson
{
    /// <summary>The body of <c>POST /v2/email/outbound-emails</c>. Without <c>FromEmailAddress</c>, which would replace the From of the MIME.</summary>
    internal sealed record Email
    {
        public required Content Content { get; init; }

        public required Destination Destination { get; init; }

        public required IReadOnlyList<Tag> EmailTags { get; init; }

        public string? FromEmailAddressIdentityArn { get; init; }

        public string? FeedbackForwardingEmailAddress { get; init; }

        public string? ConfigurationSetName { get; init; }

        public string? TenantName { get; init; }
    }

    internal sealed record Content(Raw Raw);

    internal sealed record Raw(ReadOnlyMemory<byte> Data);

    /// <summary>The envelope; the MIME has fields of its own.</summary>
    internal sealed record Destination(IReadOnlyList<string>? ToAddresses, IReadOnlyList<string>? CcAddresses, IReadOnlyList<string>? BccAddresses);

    internal sealed record Tag(string Name, string Value);

    /// <summary>The answer, of success and failure alike; what checks signatures writes other names than SES itself.</summary>
    internal sealed record Answer
    {
        public string? MessageId { get; init; }

        [JsonPropertyName("__type")]
        public string? Type { get; init; }

        [JsonPropertyName("code")]
        public string? Code { get; init; }

        [JsonPropertyName("message")]
        public string? Text { get; init; }

        public string? Message { get; init; }
    }

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Email))]
    [JsonSerializable(typeof(Answer))]
    internal sealed partial class Context : JsonSerializerContext;
}
