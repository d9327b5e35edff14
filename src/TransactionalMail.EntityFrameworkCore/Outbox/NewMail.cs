using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>An entry ready to be written.</summary>
internal sealed record NewMail(OutboxEntry Entry, IReadOnlyList<MailOutboxContent> Contents)
{
    public string? Key => Entry.Message.IdempotencyKey;

    /// <summary>Gets about how much there is to write.</summary>
    public long Size { get; } = Contents.Sum(static c => c.Content.LongLength);
}
