namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A row as it was read, and the database's time then.</summary>
internal sealed record StoredMail(Guid Id, string Stream, OutboxState State, long Token, long DueAt, long AcceptedAt, int Attempts, string? LastFailure, long Now)
{
    /// <summary>Gets what the mail holds, in order of position.</summary>
    public IReadOnlyList<MailOutboxContent> Contents { get; init; } = [];
}
