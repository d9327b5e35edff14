using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>The quoted names of tables and columns, as the application's model has them.</summary>
internal sealed class OutboxTables
{
    public OutboxTables(DbContext context)
    {
        var (entry, content) = (new ModelNames(context, typeof(MailOutboxEntry)), new ModelNames(context, typeof(MailOutboxContent)));
        Entries = entry.Table;
        Contents = content.Table;
        Id = entry[nameof(MailOutboxEntry.Id)];
        Stream = entry[nameof(MailOutboxEntry.Stream)];
        State = entry[nameof(MailOutboxEntry.State)];
        DueAt = entry[nameof(MailOutboxEntry.DueAt)];
        AcceptedAt = entry[nameof(MailOutboxEntry.AcceptedAt)];
        Attempts = entry[nameof(MailOutboxEntry.Attempts)];
        LeaseToken = entry[nameof(MailOutboxEntry.LeaseToken)];
        LeasedUntil = entry[nameof(MailOutboxEntry.LeasedUntil)];
        LeaseOwner = entry[nameof(MailOutboxEntry.LeaseOwner)];
        LastFailure = entry[nameof(MailOutboxEntry.LastFailure)];
        EntryId = content[nameof(MailOutboxContent.EntryId)];
        Position = content[nameof(MailOutboxContent.Position)];
        IsProtected = content[nameof(MailOutboxContent.IsProtected)];
        Content = content[nameof(MailOutboxContent.Content)];
    }

    public string Entries { get; }

    public string Contents { get; }

    public string Id { get; }

    public string Stream { get; }

    public string State { get; }

    public string DueAt { get; }

    public string AcceptedAt { get; }

    public string Attempts { get; }

    public string LeaseToken { get; }

    public string LeasedUntil { get; }

    public string LeaseOwner { get; }

    public string LastFailure { get; }

    public string EntryId { get; }

    public string Position { get; }

    public string IsProtected { get; }

    public string Content { get; }
}
