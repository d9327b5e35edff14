using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>Applications whose entities are proxies, or tell of their changes, keep mail in the same context.</summary>
public class ProxyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_context_that_loads_lazily_enqueues_and_its_mail_is_leased()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<LazyContext>();
        await using var outbox = TestOutbox.Create<LazyContext>(database);

        var id = await PurchaseAsync();

        await using (var db = database.CreateContext<LazyContext>()) (await db.Purchases.SingleAsync(Ct)).Buyer!.Name.Should().Be("Ada", "it is loaded lazily");
        (await PurchaseAsync()).Should().Be(id, "the key is found, in a row that is a proxy");
        var lease = (await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct)).Should().ContainSingle().Which;
        lease.Entry.Id.Should().Be(id);
        lease.Entry.Message.Attachments.Should().ContainSingle();

        await database.ExecuteAsync("UPDATE \"MailIdempotencyKey\" SET \"ExpiresAt\" = 1");
        var second = await PurchaseAsync();
        second.Should().NotBe(id, "the key was forgotten");
        (await PurchaseAsync()).Should().Be(second, "the proxy of the expired key was changed and saved");

        async Task<MailId> PurchaseAsync()
        {
            await using var db = database.CreateContext<LazyContext>();
            db.Add(new Purchase { Buyer = new Buyer { Name = "Ada" } });
            var id = await outbox.Mailer.EnqueueAsync(db, Keyed(), Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        }
    }

    [Fact]
    public async Task Suppression_list_and_audit_work_beside_lazy_loading_too()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<LazyContext>();
        await using var mail = TestMail.Create<LazyContext>(database);

        await mail.Suppressions.AddAsync(new() { Recipient = "ada@example.com", Reason = SuppressionReason.HardBounce, Since = DateTimeOffset.UtcNow }, Ct);
        await mail.Audit.AppendAsync([new MailAccepted { MailId = MailId.New(DateTimeOffset.UtcNow), Recipient = "ada@example.com", OccurredAt = DateTimeOffset.UtcNow }], Ct);

        (await mail.Suppressions.FindAsync(["ada@example.com"], "default", Ct)).Should().ContainSingle();
        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Seal.Number.Should().Be(1);
    }

    [Fact]
    public async Task A_model_that_relies_on_notifications_does_not_ask_them_of_mail()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<NotifyingContext>();
        await using var outbox = TestOutbox.Create<NotifyingContext>(database);
        var ids = new List<MailId>();
        for (var i = 0; i < 3; i++)
        {
            await using var db = database.CreateContext<NotifyingContext>();
            ids.Add(await outbox.Mailer.EnqueueAsync(db, Keyed(), Ct));
            await db.SaveChangesAsync(Ct);
            if (i == 0) await database.ExecuteAsync("UPDATE \"MailIdempotencyKey\" SET \"ExpiresAt\" = 1");
        }

        ids.Distinct().Should().Equal(ids[0], ids[1]);
        (await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct)).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_context_with_change_tracking_proxies_says_what_to_do()
    {
        await using var database = new SqliteDatabase();

        var creating = () => database.CreateTablesAsync<TrackingContext>();

        await creating.Should().ThrowAsync<InvalidOperationException>().WithMessage("*UseChangeTrackingProxies()*context of their own*EnqueueAsync(transaction, message)*");
    }

    private static EmailMessage Keyed() => new() { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you.", IdempotencyKey = "order-1042", Attachments = [new EmailAttachment("a.txt", new byte[5])] };

    public class Buyer
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";
    }

    public class Purchase
    {
        public int Id { get; set; }

        public virtual Buyer? Buyer { get; set; }
    }

    private sealed class LazyContext(DbContextOptions<LazyContext> options) : DbContext(options)
    {
        public DbSet<Purchase> Purchases => Set<Purchase>();

        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseLazyLoadingProxies();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
    }

    private sealed class NotifyingContext(DbContextOptions<NotifyingContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasChangeTrackingStrategy(ChangeTrackingStrategy.ChangingAndChangedNotifications).AddTransactionalMail();
    }

    private sealed class TrackingContext(DbContextOptions<TrackingContext> options) : DbContext(options)
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseChangeTrackingProxies();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
    }
}
