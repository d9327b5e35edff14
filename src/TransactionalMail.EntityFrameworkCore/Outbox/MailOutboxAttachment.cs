namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>The content of an attachment; its name and type are in the payload of its mail.</summary>
internal sealed class MailOutboxAttachment
{
    public Guid EntryId { get; init; }

    /// <summary>Gets its place among the attachments of the mail, from 0.</summary>
    public int Position { get; init; }

    public bool IsProtected { get; init; }

    public required byte[] Content { get; init; }
}
