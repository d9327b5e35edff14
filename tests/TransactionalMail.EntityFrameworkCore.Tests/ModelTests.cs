using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>The tables belong to the application: it names and migrates them.</summary>
public class ModelTests(PostgreSqlServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Works_in_a_schema_with_a_prefix_and_the_applications_own_names(bool onPostgreSql)
    {
        await using TestDatabase database = onPostgreSql ? await PostgreSqlDatabase.CreateAsync(server) : new SqliteDatabase();
        await database.CreateTablesAsync<NamingContext>();
        await using var outbox = TestOutbox.Create<NamingContext>(database);
        await outbox.Outbox.AddAsync([Some.Entry(text: "Thank you.", attachments: new EmailAttachment("a.txt", new byte[5])), Some.Entry(), Some.Entry()], Ct);

        var leases = await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct);

        leases.Should().HaveCount(3);
        (await outbox.Outbox.RenewAsync(leases, Some.Lease, Ct)).Should().BeEmpty();
        (await outbox.Outbox.CompleteAsync([leases[0]], Ct)).Should().BeEmpty();
        (await outbox.Outbox.RescheduleAsync([leases[1]], Ct)).Should().BeEmpty();
        (await outbox.Outbox.DeadLetterAsync([leases[2]], Ct)).Should().BeEmpty();
        (await outbox.Admin.DeadLettersAsync()).Should().ContainSingle();
        (await outbox.Admin.GetDepthsAsync(Ct)).Should().ContainSingle().Which.Should().Match<TransactionalMail.Outbox.OutboxDepth>(static d => d.Waiting == 1 && d.DeadLetters == 1);
        (await outbox.Admin.RetryAsync(leases[2].Entry.Id, Ct)).Should().BeTrue();
        (await outbox.Admin.CancelAsync(leases[2].Entry.Id, Ct)).Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Columns_of_one_name_in_both_tables_of_the_outbox_are_told_apart(bool onPostgreSql)
    {
        await using TestDatabase database = onPostgreSql ? await PostgreSqlDatabase.CreateAsync(server) : new SqliteDatabase();
        await database.CreateTablesAsync<EqualNamesContext>();
        await using var outbox = TestOutbox.Create<EqualNamesContext>(database);
        await outbox.Outbox.AddAsync([Some.Entry(attachments: new EmailAttachment("a.txt", new byte[5]))], Ct);

        var lease = (await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct)).Should().ContainSingle().Which;

        (await outbox.Admin.FindAsync(lease.Entry.Id, Ct))!.Message.Attachments.Should().ContainSingle();
        (await outbox.Outbox.RescheduleAsync([lease], Ct)).Should().BeEmpty();
        (await outbox.Admin.RescheduleAsync(lease.Entry.Id, lease.Entry.DueAt, Ct)).Should().BeTrue();
        lease = (await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct)).Should().ContainSingle().Which;
        (await outbox.Outbox.DeadLetterAsync([lease], Ct)).Should().BeEmpty();
        (await outbox.Admin.DeadLettersAsync()).Should().ContainSingle();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Suppression_list_and_audit_work_there_too(bool onPostgreSql)
    {
        await using TestDatabase database = onPostgreSql ? await PostgreSqlDatabase.CreateAsync(server) : new SqliteDatabase();
        await database.CreateTablesAsync<NamingContext>();
        await using var mail = TestMail.Create<NamingContext>(database);
        var (now, id) = (DateTimeOffset.UtcNow, MailId.New(DateTimeOffset.UtcNow));
        var accepted = new MailAccepted { MailId = id, Recipient = "ada@example.com", OccurredAt = now, TemplateName = "order", Tags = ["order"] };

        await mail.Suppressions.AddAsync(new() { Recipient = "ada@example.com", Reason = SuppressionReason.Unsubscribe, StreamName = "news", Since = now }, Ct);
        (await mail.Suppressions.FindAsync(["ada@example.com"], "news", Ct)).Should().ContainSingle();
        (await mail.SuppressionAdmin.FindAsync(new() { Recipient = "ada@example.com", Reason = SuppressionReason.Unsubscribe, StreamName = "news", Since = now, Before = now.AddDays(1) }, Ct).ToListAsync(Ct)).Should().ContainSingle();
        await mail.Suppressions.RemoveAsync("ada@example.com", SuppressionReason.Unsubscribe, "news", Ct);
        (await mail.SuppressionAdmin.ClearAsync("ada@example.com", Ct)).Should().Be(0);

        (await mail.Audit.AppendAsync([accepted], Ct)).Should().ContainSingle();
        (await mail.Audit.AppendAsync([accepted], Ct)).Should().BeEmpty();
        var filter = new TransactionalMail.Audit.AuditFilter { MailId = id, Recipient = "ada@example.com", Tag = "order", TemplateName = "order", Since = now, Before = now.AddDays(1) };
        (await mail.AuditAdmin.FindAsync(filter, Ct).ToListAsync(Ct)).Should().ContainSingle();
        (await mail.AuditAdmin.EraseAsync("ada@example.com", Ct)).Should().Be(1);
        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Should().Match<TransactionalMail.Audit.AuditVerification>(static v => v.IsIntact && v.Seal.Number == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Conventions_for_columns_of_the_application_leave_these_alone(bool onPostgreSql)
    {
        await using TestDatabase database = onPostgreSql ? await PostgreSqlDatabase.CreateAsync(server) : new SqliteDatabase();
        await database.CreateTablesAsync<ConventionContext>();
        await using var outbox = TestOutbox.Create<ConventionContext>(database);
        await using var mail = TestMail.Create<ConventionContext>(database);
        await using var db = database.CreateContext<ConventionContext>();
        var id = await outbox.Mailer.EnqueueAsync(db, Keyed(), Ct);
        await db.SaveChangesAsync(Ct);

        (await outbox.Mailer.EnqueueAsync(Keyed(), Ct)).Should().Be(id);
        var lease = (await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct)).Should().ContainSingle().Which;
        lease.Entry.Message.Attachments.Should().ContainSingle();
        (await outbox.Outbox.RenewAsync([lease], Some.Lease, Ct)).Should().BeEmpty();
        (await outbox.Outbox.RescheduleAsync([lease with { Entry = lease.Entry with { LastFailure = new string('x', 1_000) } }], Ct)).Should().BeEmpty();
        lease = (await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct)).Should().ContainSingle().Which;
        (await outbox.Outbox.CompleteAsync([lease], Ct)).Should().BeEmpty();

        var now = DateTimeOffset.UtcNow;
        await mail.Suppressions.AddAsync(new() { Recipient = "ada@example.com", Reason = SuppressionReason.HardBounce, Since = now, Diagnostic = new string('x', 1_000) }, Ct);
        (await mail.Suppressions.FindAsync(["ada@example.com"], "default", Ct)).Should().ContainSingle();
        (await mail.Audit.AppendAsync([new MailAccepted { MailId = id, Recipient = "ada@example.com", OccurredAt = now, TemplateName = new string('x', 100) }], Ct)).Should().ContainSingle();
        (await mail.AuditAdmin.FindAsync(new() { MailId = id }, Ct).ToListAsync(Ct)).Should().ContainSingle();

        static EmailMessage Keyed() => new() { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you.", IdempotencyKey = "order-1042", Attachments = [new EmailAttachment("a.txt", new byte[5])] };
    }

    [Fact]
    public async Task A_conversion_that_is_set_later_says_what_to_do()
    {
        await using var database = new SqliteDatabase();
        await using var outbox = TestOutbox.Create<ConvertingContext>(database);

        var asking = () => outbox.Admin.GetDepthsAsync(Ct).AsTask();

        await asking.Should().ThrowAsync<InvalidOperationException>().WithMessage("*MailOutboxEntry.Id to String*AddTransactionalMail()*");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_application_that_has_a_database_already_gets_the_tables_by_a_migration(bool onPostgreSql)
    {
        await using TestDatabase database = onPostgreSql ? await PostgreSqlDatabase.CreateAsync(server) : new SqliteDatabase();
        await database.CreateTablesAsync<BeforeContext>();
        await using (var before = database.CreateContext<BeforeContext>())
        await using (var after = database.CreateContext<ShopContext>())
        {
            var operations = after.GetService<IMigrationsModelDiffer>().GetDifferences(
                before.GetService<IDesignTimeModel>().Model.GetRelationalModel(), after.GetService<IDesignTimeModel>().Model.GetRelationalModel());
            foreach (var command in after.GetService<IMigrationsSqlGenerator>().Generate(operations, after.GetService<IDesignTimeModel>().Model)) await after.Database.ExecuteSqlRawAsync(command.CommandText, Ct);
        }

        await using var outbox = TestOutbox.Create(database);
        await outbox.Outbox.AddAsync([Some.Entry()], Ct);
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
        await using var mail = TestMail.Create(database);
        (await mail.Suppressions.FindAsync(["ada@example.com"], "default", Ct)).Should().BeEmpty();
        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).IsIntact.Should().BeTrue();
    }

    [Fact]
    public async Task Tables_keep_the_names_they_were_migrated_with()
    {
        await using var database = new SqliteDatabase();
        await using var context = database.CreateContext<ShopContext>();

        var script = context.Database.GenerateCreateScript();

        script.Should().Contain("CREATE TABLE \"MailOutboxEntry\"").And.Contain("CREATE TABLE \"MailOutboxContent\"")
            .And.Contain("\"IX_MailOutboxEntry_State_Stream_DueAt\" ON \"MailOutboxEntry\" (\"State\", \"Stream\", \"DueAt\")").And.Contain("PRIMARY KEY (\"EntryId\", \"Position\")")
            .And.Contain("CREATE TABLE \"MailIdempotencyKey\"").And.Contain("CREATE TABLE \"MailSuppression\"").And.Contain("CREATE TABLE \"MailAuditRecord\"")
            .And.Contain("PRIMARY KEY (\"RecipientKey\", \"Stream\", \"Reason\")").And.Contain("CREATE UNIQUE INDEX \"IX_MailAuditRecord_EventId\"");
    }

    private sealed class ConventionContext(DbContextOptions<ConventionContext> options) : DbContext(options)
    {
        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        {
            configurationBuilder.Properties<string>().HaveMaxLength(50).AreFixedLength(false);
            configurationBuilder.Properties<Guid>().HaveConversion<string>();
            configurationBuilder.Properties<bool>().HaveConversion<string>();
            configurationBuilder.Properties<Enum>().HaveConversion<string>();
            configurationBuilder.Properties<long>().HaveConversion<string>();
            configurationBuilder.Properties<byte[]>().HaveConversion<string>();
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
    }

    private sealed class ConvertingContext(DbContextOptions<ConvertingContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTransactionalMail();
            foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(static t => t.GetProperties()).Where(static p => p.ClrType == typeof(Guid))) property.SetProviderClrType(typeof(string));
        }
    }

    private sealed class EqualNamesContext(DbContextOptions<EqualNamesContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTransactionalMail();
            var (entry, content) = (modelBuilder.Model.FindEntityType(typeof(MailOutboxEntry))!, modelBuilder.Model.FindEntityType(typeof(MailOutboxContent))!);
            entry.FindProperty(nameof(MailOutboxEntry.Id))!.SetColumnName("mail");
            content.FindProperty(nameof(MailOutboxContent.EntryId))!.SetColumnName("mail");
            entry.FindProperty(nameof(MailOutboxEntry.State))!.SetColumnName("what");
            content.FindProperty(nameof(MailOutboxContent.Position))!.SetColumnName("what");
            content.SetTableName("mails");
        }
    }

    private sealed class NamingContext(DbContextOptions<NamingContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTransactionalMail("post", "app_");
            foreach (var type in modelBuilder.Model.GetEntityTypes())
            {
                type.SetTableName(Snake(type.GetTableName()!));
                foreach (var property in type.GetProperties()) property.SetColumnName(Snake(property.Name));
            }
        }

        /// <summary>Stands for a naming convention: Id becomes id, LeaseToken lease_token.</summary>
        private static string Snake(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 && name[i - 1] != '_' ? $"_{c}" : $"{c}")).ToLowerInvariant();
    }
}
