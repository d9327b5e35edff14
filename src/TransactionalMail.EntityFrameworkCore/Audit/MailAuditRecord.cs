namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>A row for each record of the audit. It is written once, and only erasing changes it.</summary>
/// <remarks>Times are as in <see cref="Outbox.MailOutboxEntry"/>. What is personal stands in <see cref="Recipient"/> and <see cref="PersonalData"/> alone.</remarks>
internal class MailAuditRecord
{
    /// <summary>Gets its place in the chain, from 1 without gaps.</summary>
    public long Number { get; init; }

    public Guid EventId { get; init; }

    public Guid MailId { get; init; }

    public long OccurredAt { get; init; }

    /// <summary>Gets the template to filter by; the event has it whole.</summary>
    public string? TemplateName { get; init; }

    /// <summary>Gets the tags to filter by, each between line feeds; the event has them whole.</summary>
    public string? Tags { get; init; }

    /// <summary>Gets the address to filter by, as SMTP sees it; NULL after an erasure.</summary>
    public string? Recipient { get; init; }

    /// <summary>Gets what else the event says, as JSON (<see cref="StoredEvent"/>).</summary>
    public required string Event { get; init; }

    /// <summary>Gets what it says of persons, as JSON (<see cref="StoredPersonalData"/>); NULL after an erasure.</summary>
    public string? PersonalData { get; init; }

    /// <summary>Gets the salt of <see cref="PersonalHash"/>; NULL after an erasure.</summary>
    public string? Salt { get; init; }

    public required string PersonalHash { get; init; }

    public required string Hash { get; init; }
}
