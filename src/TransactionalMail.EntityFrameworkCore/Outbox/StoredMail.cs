namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A row as it was read.</summary>
internal sealed record StoredMail(
    Guid Id, string Stream, long Token, long DueAt, long AcceptedAt, int Attempts, string? LastFailure, bool IsProtected, byte[] Payload, bool HasAttachments)
{
    /// <summary>Gets the attachments in order of their position, once they were read.</summary>
    public IReadOnlyList<StoredContent> Contents { get; init; } = [];
}
