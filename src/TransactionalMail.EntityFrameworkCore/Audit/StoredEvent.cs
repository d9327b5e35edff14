using System.Collections.ObjectModel;
using System.Text.Json;

namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>What an event says beside the columns and without anything personal, as it is stored: version 1.</summary>
/// <remarks>Names and meanings stay as they are for ever; a change is a version of its own. Enumerations are written by name, since numbers may move.</remarks>
internal sealed record StoredEvent
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>Gets the name of the record, such as <c>MailBounced</c>.</summary>
    public required string Kind { get; init; }

    public string? StreamName { get; init; }

    public string? TemplateName { get; init; }

    public string? TransportName { get; init; }

    public string? ProviderMessageId { get; init; }

    public int Attempt { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public BounceKind? BounceKind { get; init; }

    public TransportFailure? Failure { get; init; }

    public SuppressionReason? Reason { get; init; }

    public int? SmtpCode { get; init; }

    public string? EnhancedCode { get; init; }

    public string? ProviderCode { get; init; }

    public bool MayHaveBeenAccepted { get; init; }

    public bool IsMachine { get; init; }

    public string? Name { get; init; }

    public static string Write(MailEvent mailEvent)
    {
        var common = new StoredEvent
        {
            Version = CurrentVersion,
            Kind = mailEvent.GetType().Name,
            StreamName = mailEvent.StreamName,
            TemplateName = mailEvent.TemplateName,
            TransportName = mailEvent.TransportName,
            ProviderMessageId = mailEvent.ProviderMessageId,
            Attempt = mailEvent.Attempt,
            Tags = mailEvent.Tags.Count == 0 ? null : mailEvent.Tags,
        };
        var stored = mailEvent switch
        {
            MailBounced e => common with { BounceKind = e.BounceKind, SmtpCode = e.SmtpCode, EnhancedCode = e.EnhancedCode },
            MailDeferred e => common with { Failure = e.Failure, SmtpCode = e.SmtpCode, EnhancedCode = e.EnhancedCode },
            MailFailed e => common with { Failure = e.Failure, ProviderCode = e.ProviderCode, EnhancedCode = e.EnhancedCode, MayHaveBeenAccepted = e.MayHaveBeenAccepted },
            MailOpened e => common with { IsMachine = e.IsMachine },
            MailSuppressed e => common with { Reason = e.Reason },
            MailUnknownEvent e => common with { Name = e.Name },
            _ => common,
        };
        return JsonSerializer.Serialize(stored, StoredEventJson.Wire.StoredEvent);
    }

    /// <exception cref="JsonException">It is no event.</exception>
    /// <exception cref="FormatException">It is none that this release knows.</exception>
    public static StoredEvent Read(string json)
    {
        var stored = JsonSerializer.Deserialize(json, StoredEventJson.Wire.StoredEvent) ?? throw new FormatException("The event is null.");
        return stored.Version == CurrentVersion ? stored : throw new FormatException("A later release wrote the event.");
    }

    /// <exception cref="FormatException">It is none that this release knows, or lacks something.</exception>
    public MailEvent ToEvent(Guid eventId, MailId mailId, DateTimeOffset occurredAt, StoredPersonalData personal) => KindOf(mailId, occurredAt, personal) with
    {
        EventId = eventId,
        StreamName = StreamName,
        TemplateName = TemplateName,
        TransportName = TransportName,
        ProviderMessageId = ProviderMessageId,
        Attempt = Attempt,
        Tags = Tags ?? [],
        Recipient = personal.Address is null ? null : new EmailAddress(personal.Address, personal.DisplayName),
        Metadata = personal.Metadata ?? ReadOnlyDictionary<string, string>.Empty,
    };

    private MailEvent KindOf(MailId id, DateTimeOffset at, StoredPersonalData personal) => Kind switch
    {
        nameof(MailAccepted) => new MailAccepted { MailId = id, OccurredAt = at },
        nameof(MailBounced) => new MailBounced { MailId = id, OccurredAt = at, BounceKind = BounceKind ?? throw Lacks(), SmtpCode = SmtpCode, EnhancedCode = EnhancedCode, Diagnostic = personal.Diagnostic },
        nameof(MailClicked) => new MailClicked { MailId = id, OccurredAt = at, Url = personal.Url ?? "" },
        nameof(MailComplained) => new MailComplained { MailId = id, OccurredAt = at },
        nameof(MailDeferred) => new MailDeferred { MailId = id, OccurredAt = at, Failure = Failure, SmtpCode = SmtpCode, EnhancedCode = EnhancedCode, Diagnostic = personal.Diagnostic },
        nameof(MailDelivered) => new MailDelivered { MailId = id, OccurredAt = at },
        nameof(MailFailed) => new MailFailed { MailId = id, OccurredAt = at, Failure = Failure, ProviderCode = ProviderCode, EnhancedCode = EnhancedCode, Diagnostic = personal.Diagnostic, MayHaveBeenAccepted = MayHaveBeenAccepted },
        nameof(MailOpened) => new MailOpened { MailId = id, OccurredAt = at, IsMachine = IsMachine },
        nameof(MailResubscribed) => new MailResubscribed { MailId = id, OccurredAt = at },
        nameof(MailSuppressed) => new MailSuppressed { MailId = id, OccurredAt = at, Reason = Reason },
        nameof(MailUnknownEvent) => new MailUnknownEvent { MailId = id, OccurredAt = at, Name = Name ?? throw Lacks() },
        nameof(MailUnsubscribed) => new MailUnsubscribed { MailId = id, OccurredAt = at },
        _ => throw new FormatException("The event is of no kind that this release knows."),
    };

    private static FormatException Lacks() => new("The event lacks what its kind has.");
}
