namespace TransactionalMail.Testing;

/// <summary>A mail that <see cref="SesSimulator"/> accepted. Immutable.</summary>
public sealed class SimulatedSesMail
{
    /// <summary>Gets the id that SES answered with.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the Message-ID that recipients see, without angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>Gets <c>Destination.ToAddresses</c>.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Gets <c>Destination.CcAddresses</c>.</summary>
    public IReadOnlyList<string> Cc { get; init; } = [];

    /// <summary>Gets <c>Destination.BccAddresses</c>.</summary>
    public IReadOnlyList<string> Bcc { get; init; } = [];

    /// <summary>Gets the MIME as it was handed over.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Gets the MIME as recipients get it: Date and Message-ID are SES's own, and fields for SES are gone. SES's signature is not simulated.</summary>
    public required ReadOnlyMemory<byte> Delivered { get; init; }

    /// <summary>Gets <c>EmailTags</c>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets <c>ConfigurationSetName</c>, or <see langword="null"/>.</summary>
    public string? ConfigurationSet { get; init; }

    /// <summary>Gets <c>FeedbackForwardingEmailAddress</c>, or <see langword="null"/>.</summary>
    public string? FeedbackAddress { get; init; }

    /// <summary>Returns the id and the number of recipients, never addresses or content.</summary>
    public override string ToString() => $"SimulatedSesMail {{ Id: {Id}, Recipients: {To.Count + Cc.Count + Bcc.Count} }}";
}
