using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>The quoted names of tables and columns, as the application's model has them.</summary>
internal sealed class OutboxTables
{
    private readonly ISqlGenerationHelper _quotes;

    private OutboxTables(DbContext context)
    {
        _quotes = context.GetService<ISqlGenerationHelper>();
        var (entry, attachment) = (Find(context, typeof(MailOutboxEntry)), Find(context, typeof(MailOutboxAttachment)));
        Entries = Table(entry);
        Attachments = Table(attachment);
        Id = Column(entry, nameof(MailOutboxEntry.Id));
        Stream = Column(entry, nameof(MailOutboxEntry.Stream));
        State = Column(entry, nameof(MailOutboxEntry.State));
        DueAt = Column(entry, nameof(MailOutboxEntry.DueAt));
        AcceptedAt = Column(entry, nameof(MailOutboxEntry.AcceptedAt));
        Attempts = Column(entry, nameof(MailOutboxEntry.Attempts));
        LeaseToken = Column(entry, nameof(MailOutboxEntry.LeaseToken));
        LeasedUntil = Column(entry, nameof(MailOutboxEntry.LeasedUntil));
        LeaseOwner = Column(entry, nameof(MailOutboxEntry.LeaseOwner));
        LastFailure = Column(entry, nameof(MailOutboxEntry.LastFailure));
        IsProtected = Column(entry, nameof(MailOutboxEntry.IsProtected));
        Payload = Column(entry, nameof(MailOutboxEntry.Payload));
        EntryId = Column(attachment, nameof(MailOutboxAttachment.EntryId));
        Position = Column(attachment, nameof(MailOutboxAttachment.Position));
        IsContentProtected = Column(attachment, nameof(MailOutboxAttachment.IsProtected));
        Content = Column(attachment, nameof(MailOutboxAttachment.Content));
    }

    public string Entries { get; }

    public string Attachments { get; }

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

    public string IsProtected { get; }

    public string Payload { get; }

    public string EntryId { get; }

    public string Position { get; }

    public string IsContentProtected { get; }

    public string Content { get; }

    /// <exception cref="InvalidOperationException">The model lacks the tables.</exception>
    public static OutboxTables Of(DbContext context) => new(context);

    private static IEntityType Find(DbContext context, Type type) => context.Model.FindEntityType(type) ?? throw new InvalidOperationException(
        $"The model of {context.GetType().Name} lacks the tables of TransactionalMail. Call modelBuilder.AddTransactionalMail() in its OnModelCreating, and add a migration.");

    private string Table(IEntityType type) => _quotes.DelimitIdentifier(type.GetTableName()!, type.GetSchema());

    private string Column(IEntityType type, string property) =>
        _quotes.DelimitIdentifier(type.FindProperty(property)!.GetColumnName(StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema()))!);
}
