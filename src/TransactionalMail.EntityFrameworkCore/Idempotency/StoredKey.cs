using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>A row as it was read.</summary>
internal sealed record StoredKey(string Key, string ContentHash, Guid MailId, Guid Owner, IdempotencyState State, bool IsProtected, byte[]? Receipt);
