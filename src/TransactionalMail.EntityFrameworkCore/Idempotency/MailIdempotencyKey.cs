using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>A row for each idempotency key that is remembered. Times are as in <see cref="Outbox.MailOutboxEntry"/>, by the clock of the database.</summary>
internal class MailIdempotencyKey
{
    public required string Key { get; init; }

    public required string ContentHash { get; init; }

    public Guid MailId { get; init; }

    public Guid Owner { get; init; }

    /// <summary>Gets how it stands: held (whoever holds it), settled or enqueued.</summary>
    public IdempotencyState State { get; init; }

    public long HeldUntil { get; init; }

    public long ExpiresAt { get; init; }

    public bool IsProtected { get; init; }

    /// <summary>Gets the receipt of a mail that was sent.</summary>
    public byte[]? Receipt { get; init; }
}
