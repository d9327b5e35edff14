namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>An attachment's content as it is stored.</summary>
internal sealed record StoredContent(Guid EntryId, int Position, bool IsProtected, byte[] Content);
