namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A row for each mail in custody, with what leasing looks at; what the mail holds is in <see cref="MailOutboxContent"/>.</summary>
/// <remarks>Times are ticks of 100 ns since 1970-01-01 UTC, which every database compares and indexes well. Columns win over what the payload says of the same thing.</remarks>
internal class MailOutboxEntry
{
    public Guid Id { get; init; }

    /// <summary>Gets the stream's name in lower case; the payload has it as it was written.</summary>
    public required string Stream { get; init; }

    public OutboxState State { get; init; }

    /// <summary>Gets when it is due, by the clock of the database.</summary>
    public long DueAt { get; init; }

    /// <summary>Gets when it was accepted, by the clock of the machine that did.</summary>
    public long AcceptedAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Gets the fencing token of the last lease; each lease adds one.</summary>
    public long LeaseToken { get; init; }

    /// <summary>Gets when the lease ends, by the clock of the database.</summary>
    public long? LeasedUntil { get; init; }

    /// <summary>Gets who has the lease, for people to read.</summary>
    public string? LeaseOwner { get; init; }

    public string? LastFailure { get; init; }
}
