namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>What a mail holds: its payload, and the content of each attachment, whose name and type are in the payload.</summary>
/// <remarks>It has rows of its own, so that the row which is changed by each lease and each mark stays small.</remarks>
internal class MailOutboxContent
{
    /// <summary>The position of the payload.</summary>
    public const int PayloadPosition = 0;

    public Guid EntryId { get; init; }

    /// <summary>Gets its place: <see cref="PayloadPosition"/>, then the attachments of the mail in their order, from 1.</summary>
    public int Position { get; init; }

    public bool IsProtected { get; init; }

    public required byte[] Content { get; init; }
}
