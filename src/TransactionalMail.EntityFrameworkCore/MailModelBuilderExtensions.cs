using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Suppression;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds TransactionalMail's tables to a model.</summary>
public static class MailModelBuilderExtensions
{
    /// <summary>Gets the types of the tables.</summary>
    internal static IReadOnlyList<Type> Tables { get; } = [typeof(MailOutboxEntry), typeof(MailOutboxContent), typeof(MailIdempotencyKey), typeof(MailSuppression), typeof(MailAuditRecord)];

    /// <summary>Adds the tables <c>MailOutboxEntry</c>, <c>MailOutboxContent</c>, <c>MailIdempotencyKey</c>, <c>MailSuppression</c> and <c>MailAuditRecord</c>. Call it in <c>OnModelCreating</c>, and add a migration.</summary>
    /// <param name="modelBuilder">The model.</param>
    /// <param name="schema">The schema of the tables; <see langword="null"/> is the model's own. SQLite has none.</param>
    /// <param name="tablePrefix">What the tables' names begin with; <see langword="null"/> is nothing, and leaves the names to your conventions.</param>
    /// <remarks>
    /// <para>
    /// Names of tables and columns are read from the model when the application runs, so naming conventions of any kind may change them. Types, lengths and
    /// conversions stay as they are here, whatever <c>ConfigureConventions</c> says; a conversion that is set later is an error as the host starts.
    /// </para>
    /// <para>
    /// The context may use lazy-loading proxies. With <c>UseChangeTrackingProxies()</c>, which wants every row to be a proxy, the tables go into a context
    /// of their own; mail then joins a transaction by the overload of <c>EnqueueAsync</c> that takes one.
    /// </para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">The context uses change-tracking proxies.</exception>
    public static ModelBuilder AddTransactionalMail(this ModelBuilder modelBuilder, string? schema = null, string? tablePrefix = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        var entries = Own<MailOutboxEntry>(modelBuilder);
        entries.HasKey(static e => e.Id);
        entries.Property(static e => e.Id).ValueGeneratedNever();
        entries.Property(static e => e.State).HasConversion<short>();
        entries.HasIndex(static e => new { e.State, e.Stream, e.DueAt });

        var contents = Own<MailOutboxContent>(modelBuilder); // without a foreign key, which PostgreSQL would look after by a statement for each row
        contents.HasKey(static c => new { c.EntryId, c.Position });
        contents.Property(static c => c.Position).ValueGeneratedNever();

        var keys = Own<MailIdempotencyKey>(modelBuilder);
        keys.HasKey(static k => k.Key);
        keys.Property(static k => k.Key).HasMaxLength(255);
        keys.Property(static k => k.ContentHash).HasMaxLength(64);
        keys.Property(static k => k.State).HasConversion<short>();
        keys.HasIndex(static k => k.MailId);
        keys.HasIndex(static k => k.ExpiresAt);
        keys.Property(static k => k.ExpiresAt).IsConcurrencyToken(); // of two contexts that take an expired key, one fails

        var suppressions = Own<MailSuppression>(modelBuilder);
        suppressions.HasKey(static s => new { s.RecipientKey, s.Stream, s.Reason });
        suppressions.Property(static s => s.RecipientKey).HasMaxLength(320);
        suppressions.Property(static s => s.Reason).HasMaxLength(32);
        suppressions.HasIndex(static s => new { s.Since, s.RecipientKey, s.Stream, s.Reason }); // the order in which people read it, page by page

        var records = Own<MailAuditRecord>(modelBuilder);
        records.HasKey(static r => r.Number);
        records.Property(static r => r.Number).ValueGeneratedNever();
        records.Property(static r => r.Salt).HasMaxLength(64);
        records.Property(static r => r.PersonalHash).HasMaxLength(64);
        records.Property(static r => r.Hash).HasMaxLength(64);
        records.HasIndex(static r => r.EventId).IsUnique();
        records.HasIndex(static r => new { r.MailId, r.Number });
        records.HasIndex(static r => r.Recipient);
        records.HasIndex(static r => r.OccurredAt);

        foreach (var type in Tables.Select(t => modelBuilder.Model.FindEntityType(t)!))
        {
            if (tablePrefix is not null) type.SetTableName(tablePrefix + type.ClrType.Name);
            if (schema is not null) type.SetSchema(schema);
        }

        return modelBuilder;
    }

    /// <summary>Adds a table with columns as the database has them: what the application wants of its own is not for SQL that it does not write.</summary>
    private static EntityTypeBuilder<T> Own<T>(ModelBuilder modelBuilder)
        where T : class
    {
        var type = modelBuilder.Entity<T>();
        TrackBySnapshot(type.Metadata);
        foreach (var property in type.Metadata.GetProperties())
        {
            property.SetValueConverter((ValueConverter?)null);
            property.SetProviderClrType(null);
            property.SetValueComparer((ValueComparer?)null);
            property.SetColumnType(null);
            property.SetMaxLength(null);
            property.SetIsFixedLength(null);
            property.SetCollation(null);
        }

        return type;
    }

    /// <summary>Leaves the rows out of a strategy of the model that relies on notifications: they give none.</summary>
    private static void TrackBySnapshot(IMutableEntityType type)
    {
        try
        {
            type.SetChangeTrackingStrategy(ChangeTrackingStrategy.Snapshot);
        }
        catch (InvalidOperationException refusal)
        {
            throw new InvalidOperationException(
                "The tables of TransactionalMail cannot be in a context with UseChangeTrackingProxies(), whose rows must all be proxies. Keep them in a context of their own, and enqueue with the transaction: EnqueueAsync(transaction, message).", refusal);
        }
    }
}
