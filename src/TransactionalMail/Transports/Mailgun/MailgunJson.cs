using System.Text.Json.Serialization;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>What comes back; what goes out is a form.</summary>
internal static partial class MailgunJson
{
    /// <summary>The answer, of success and failure alike.</summary>
    internal sealed record Answer(string? Id, string? Message);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Answer))]
    internal sealed partial class MailgunContext : JsonSerializerContext;
}
