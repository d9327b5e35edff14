using System.Text.Json;

namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>What an event says of persons, as it is stored. The version is that of its <see cref="StoredEvent"/>.</summary>
internal sealed record StoredPersonalData
{
    /// <summary>Gets what stands there after an erasure.</summary>
    public static StoredPersonalData Erased { get; } = new();

    public string? Address { get; init; }

    public string? DisplayName { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public string? Url { get; init; }

    public string? Diagnostic { get; init; }

    public static string Write(MailEvent mailEvent) => JsonSerializer.Serialize(
        new StoredPersonalData
        {
            Address = mailEvent.Recipient?.Address,
            DisplayName = mailEvent.Recipient?.DisplayName,
            Metadata = mailEvent.Metadata.Count == 0 ? null : mailEvent.Metadata,
            Url = (mailEvent as MailClicked)?.Url,
            Diagnostic = mailEvent switch
            {
                MailBounced bounced => bounced.Diagnostic,
                MailDeferred deferred => deferred.Diagnostic,
                MailFailed failed => failed.Diagnostic,
                _ => null,
            },
        },
        StoredEventJson.Wire.StoredPersonalData);

    public static StoredPersonalData Read(string json) => JsonSerializer.Deserialize(json, StoredEventJson.Wire.StoredPersonalData) ?? throw new FormatException("The personal data is null.");
}
