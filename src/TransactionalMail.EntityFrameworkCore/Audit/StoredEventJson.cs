using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>Writes events without reflection.</summary>
[JsonSerializable(typeof(StoredEvent))]
[JsonSerializable(typeof(StoredPersonalData))]
internal sealed partial class StoredEventJson : JsonSerializerContext
{
    /// <summary>Gets the context. Text is written as it is, for people who read the table.</summary>
    public static StoredEventJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // what is not understood is not vouched for either
        Converters = { new JsonStringEnumConverter<BounceKind>(null, false), new JsonStringEnumConverter<TransportFailure>(null, false), new JsonStringEnumConverter<SuppressionReason>(null, false) },
    });
}
