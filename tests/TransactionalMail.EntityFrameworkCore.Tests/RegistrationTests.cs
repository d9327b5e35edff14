using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Audit;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Suppression;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;
using TransactionalMail.Suppression;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests;

public class RegistrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_the_place_of_the_outbox_in_memory_whatever_the_order()
    {
        await using var database = new SqliteDatabase();
        var services = new ServiceCollection();
        services.AddTransactionalMail().UseEntityFrameworkOutbox<ShopContext>();
        services.AddTransactionalMail();
        services.UseFakeMail();
        services.AddDbContext<ShopContext>(options => database.Use(options));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        provider.GetRequiredService<IMailOutbox>().Should().BeOfType<EntityFrameworkOutbox>().Which.IsDurable.Should().BeTrue();
        provider.GetRequiredService<IOutboxAdmin>().Should().BeSameAs(provider.GetRequiredService<IMailOutbox>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Suppression_list_and_audit_take_the_place_of_those_in_memory_whatever_the_order(bool isAllInOne)
    {
        await using var database = new SqliteDatabase();
        var services = new ServiceCollection();
        var builder = services.AddTransactionalMail();
        if (isAllInOne) builder.UseEntityFramework<ShopContext>();
        else builder.UseEntityFrameworkAudit<ShopContext>().UseEntityFrameworkSuppressions<ShopContext>();
        services.AddTransactionalMail();
        services.UseFakeMail();
        services.AddDbContext<ShopContext>(options => database.Use(options));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        provider.GetRequiredService<ISuppressionList>().Should().BeOfType<EntityFrameworkSuppressionList>().And.BeSameAs(provider.GetRequiredService<ISuppressionAdmin>());
        provider.GetRequiredService<IMailAudit>().Should().BeOfType<EntityFrameworkMailAudit>().And.BeSameAs(provider.GetRequiredService<IAuditAdmin>());
        (provider.GetRequiredService<IMailOutbox>() is EntityFrameworkOutbox).Should().Be(isAllInOne);
    }

    [Fact]
    public async Task Each_may_have_a_context_of_its_own_and_the_last_call_counts()
    {
        await using var shop = new SqliteDatabase();
        await using var archive = new SqliteDatabase();
        await shop.CreateTablesAsync<ShopContext>();
        await archive.CreateTablesAsync<ArchiveContext>();
        using var host = await StartAsync(
            services =>
            {
                services.AddDbContext<ShopContext>(options => shop.Use(options));
                services.AddDbContext<ArchiveContext>(options => archive.Use(options));
                services.AddDbContext<ForgetfulContext>(options => shop.Use(options));
            },
            static mail => mail.UseEntityFrameworkAudit<ForgetfulContext>().UseEntityFramework<ShopContext>().UseEntityFrameworkAudit<ArchiveContext>());

        await host.Services.GetRequiredService<IMailAudit>().AppendAsync([new MailDelivered { MailId = default, OccurredAt = DateTimeOffset.UtcNow }], Ct);
        await host.Services.GetRequiredService<ISuppressionList>().AddAsync(new() { Recipient = "ada@example.com", Reason = SuppressionReason.Manual, Since = DateTimeOffset.UtcNow }, Ct);

        (await archive.CountAsync("MailAuditRecord")).Should().Be(1);
        (await shop.CountAsync("MailAuditRecord")).Should().Be(0);
        (await shop.CountAsync("MailSuppression")).Should().Be(1);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task What_becomes_of_a_mail_is_in_the_database_for_the_next_process_to_know()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        var message = new EmailMessage { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you." };
        MailId id;
        using (var before = await StartAsync(services => services.AddDbContext<ShopContext>(options => database.Use(options)), static mail => mail.UseEntityFramework<ShopContext>()))
        {
            id = (await before.Services.GetRequiredService<ITransactionalMailer>().SendAsync(message, Ct)).Id;
            await before.Services.GetRequiredService<IMailEventRecorder>().RecordAsync([new MailComplained { MailId = id, Recipient = "ada@example.com", OccurredAt = DateTimeOffset.UtcNow }], Ct);
            await before.StopAsync(Ct);
        }

        using var after = await StartAsync(services => services.AddDbContext<ShopContext>(options => database.Use(options)), static mail => mail.UseEntityFramework<ShopContext>());

        (await after.Services.GetRequiredService<IMailAudit>().ReadAsync(id, Ct).Select(static e => e.GetType()).ToListAsync(Ct)).Should().Equal(typeof(MailAccepted), typeof(MailComplained));
        var receipt = await after.Services.GetRequiredService<ITransactionalMailer>().SendAsync(message, Ct);
        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Suppressed);
        await after.StopAsync(Ct);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_keeps_no_complaint_out()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        using var host = await StartAsync(services => services.AddDbContext<ShopContext>(options => database.Use(options)), static mail => mail.UseEntityFramework<ShopContext>());
        var recorder = host.Services.GetRequiredService<IMailEventRecorder>();
        var id = MailId.New(DateTimeOffset.UtcNow);
        await recorder.RecordAsync([new MailDelivered { MailId = id, StreamName = "default", OccurredAt = DateTimeOffset.UtcNow }], Ct);
        await database.ExecuteAsync("UPDATE \"MailAuditRecord\" SET \"Event\" = 'of a later release'");

        (await recorder.RecordAsync([new MailComplained { MailId = id, Recipient = "ada@example.com", OccurredAt = DateTimeOffset.UtcNow }], Ct)).Should().Be(1);

        (await host.Services.GetRequiredService<ISuppressionList>().FindAsync(["ada@example.com"], "default", Ct)).Should().ContainSingle();
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Contexts_on_one_connection_are_refused()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(Ct);

        var starting = () => StartAsync(services => services.AddDbContext<ShopContext>(options => options.UseSqlite(connection)), static mail => mail.UseEntityFramework<ShopContext>());

        await starting.Should().ThrowAsync<InvalidOperationException>().WithMessage("*same connection*Cache=Shared*");
    }

    [Fact]
    public async Task A_database_in_memory_serves_who_opens_it_by_its_name()
    {
        var connectionString = $"Data Source={Guid.NewGuid():N};Mode=Memory;Cache=Shared";
        await using var alive = new SqliteConnection(connectionString);
        await alive.OpenAsync(Ct);
        await using (var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseSqlite(connectionString).Options)) await context.Database.EnsureCreatedAsync(Ct);
        using var host = await StartAsync(services => services.AddDbContext<ShopContext>(options => options.UseSqlite(connectionString)), static mail => mail.UseEntityFramework<ShopContext>());
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();

        await Parallel.ForAsync(0, 100, Ct, async (n, ct) =>
        {
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
            await mailer.EnqueueAsync(db, new EmailMessage { To = [$"customer{n}@example.com"], Subject = "Your order", TextBody = "Thank you." }, ct);
            await db.SaveChangesAsync(ct);
        });

        var fake = host.Services.GetRequiredService<FakeMailTransport>();
        for (var sent = 0; sent < 100; sent = fake.Sent.Count) await fake.WaitForAsync(_ => fake.Sent.Count > sent, TimeSpan.FromSeconds(20), Ct);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Contexts_may_come_from_a_factory()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        var services = new ServiceCollection();
        services.AddPooledDbContextFactory<ShopContext>(options => database.Use(options));
        services.AddTransactionalMail().UseEntityFrameworkOutbox<ShopContext>();
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await provider.GetRequiredService<IMailOutbox>().AddAsync([Some.Entry()], Ct);

        (await provider.GetRequiredService<IMailOutbox>().LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task Contexts_may_come_from_a_pool_or_configure_themselves_and_wake_the_delivery()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        foreach (var isPooled in new[] { true, false })
        {
            var services = new ServiceCollection();
            if (isPooled) services.AddDbContextPool<ShopContext>(options => database.Use(options));
            else services.AddSingleton(database).AddDbContext<SelfMadeContext>();
            var mail = services.AddTransactionalMail(static o => (o.From, o.Outbox.PollInterval) = ("no-reply@acme.example", TimeSpan.FromHours(1)));
            if (isPooled) mail.UseEntityFrameworkOutbox<ShopContext>();
            else mail.UseEntityFrameworkOutbox<SelfMadeContext>();
            var fake = services.UseFakeMail();
            await using var provider = services.BuildServiceProvider(validateScopes: true);
            var mailer = provider.GetRequiredService<ITransactionalMailer>();
            for (var i = 0; i < 3; i++)
            {
                await using var scope = provider.CreateAsyncScope();
                DbContext db = isPooled ? scope.ServiceProvider.GetRequiredService<ShopContext>() : scope.ServiceProvider.GetRequiredService<SelfMadeContext>();
                var id = await mailer.EnqueueAsync(db, new EmailMessage { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you." }, Ct);
                await db.SaveChangesAsync(Ct);
                await fake.WaitForAsync(sent => sent.Id == id, TimeSpan.FromSeconds(20), Ct);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_context_of_a_pool_brings_nothing_along_of_a_mail_that_was_not_saved(bool inTransaction)
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        var services = new ServiceCollection();
        services.AddDbContextPool<ShopContext>(options => database.Use(options), poolSize: 1);
        services.AddDbContextFactory<ShopContext>(); // for the outbox, which leaves the pool's only context to us
        services.AddTransactionalMail(static o => (o.From, o.Outbox.PollInterval) = ("no-reply@acme.example", TimeSpan.FromHours(1))).UseEntityFrameworkOutbox<ShopContext>();
        var fake = services.UseFakeMail();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        var mailer = provider.GetRequiredService<ITransactionalMailer>();
        var message = new EmailMessage { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you.", IdempotencyKey = "order-1042" };
        var (lost, pooled) = await InScopeAsync(async db =>
        {
            if (inTransaction) await db.Database.BeginTransactionAsync(Ct);
            var id = await mailer.EnqueueAsync(db, message, Ct);
            if (inTransaction) await db.SaveChangesAsync(Ct);
            db.Orders.Add(new Order { Customer = null! });
            await FluentActions.Awaiting(() => db.SaveChangesAsync(Ct)).Should().ThrowAsync<DbUpdateException>();
            return (id, db);
        });

        await InScopeAsync(async db =>
        {
            db.Should().BeSameAs(pooled);
            db.ChangeTracker.Entries().Should().BeEmpty();
            db.Database.CurrentTransaction.Should().BeNull();
            db.Orders.Add(new Order { Customer = "Ada" });
            return await db.SaveChangesAsync(Ct);
        });
        foreach (var table in new[] { "MailOutboxEntry", "MailOutboxContent", "MailIdempotencyKey" }) (await database.CountAsync(table)).Should().Be(0);

        var id = await InScopeAsync(async db =>
        {
            var id = await mailer.EnqueueAsync(db, message, Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        });
        id.Should().NotBe(lost, "its key was not saved");
        await fake.WaitForAsync(mail => mail.Id == id, TimeSpan.FromSeconds(20), Ct);
        fake.Sent.Should().ContainSingle();

        async Task<T> InScopeAsync<T>(Func<ShopContext, Task<T>> act)
        {
            await using var scope = provider.CreateAsyncScope();
            return await act(scope.ServiceProvider.GetRequiredService<ShopContext>());
        }
    }

    [Fact]
    public async Task A_model_without_the_tables_fails_as_the_host_starts()
    {
        await using var database = new SqliteDatabase();

        var starting = () => StartAsync(services => services.AddDbContext<ForgetfulContext>(options => database.Use(options)), static mail => mail.UseEntityFrameworkOutbox<ForgetfulContext>());

        await starting.Should().ThrowAsync<InvalidOperationException>().WithMessage("*ForgetfulContext*modelBuilder.AddTransactionalMail()*migration*");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Suppression_list_and_audit_are_looked_at_as_the_host_starts_too(bool isAudit)
    {
        await using var database = new SqliteDatabase();

        var starting = () => StartAsync(
            services => services.AddDbContext<ForgetfulContext>(options => database.Use(options)),
            mail => _ = isAudit ? mail.UseEntityFrameworkAudit<ForgetfulContext>() : mail.UseEntityFrameworkSuppressions<ForgetfulContext>());

        await starting.Should().ThrowAsync<InvalidOperationException>().WithMessage("*ForgetfulContext*modelBuilder.AddTransactionalMail()*migration*");
    }

    [Fact]
    public async Task A_database_nobody_knows_fails_as_the_host_starts_and_names_those_that_work()
    {
        var starting = () => StartAsync(static services => services.AddDbContext<ShopContext>(static options => options.UseInMemoryDatabase("shop")), static mail => mail.UseEntityFrameworkOutbox<ShopContext>());

        await starting.Should().ThrowAsync<InvalidOperationException>().WithMessage("*InMemory*PostgreSQL*SQLite*");
    }

    [Fact]
    public async Task Protection_that_nobody_could_undo_fails_as_the_host_starts()
    {
        await using var database = new SqliteDatabase();

        var starting = () => StartAsync(
            services => services.AddDbContext<ShopContext>(options => database.Use(options)),
            static mail => mail.UseEntityFrameworkOutbox<ShopContext>(static o => o.Protect = static b => b));

        await starting.Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Unprotect*");
    }

    [Fact]
    public async Task A_mail_enqueued_before_a_restart_is_delivered_after_it()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        using (var before = await StartAsync(services => Use(services, database), static mail => mail.Services.PostConfigure<TransactionalMailOptions>(static o => o.Outbox.EnqueueOnly = true)))
        {
            await before.Services.GetRequiredService<ITransactionalMailer>().EnqueueAsync(
                new EmailMessage { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you.", Attachments = [new("a.txt", "hello"u8.ToArray())] }, Ct);
            await before.StopAsync(Ct);
        }

        FakeMailTransport? fake = null;
        using var after = await StartAsync(services => fake = Use(services, database));

        var sent = await fake!.WaitForAsync(cancellationToken: Ct);
        sent.Message.Subject.Should().Be("Your order");
        sent.Message.Attachments.Should().ContainSingle();
        await after.StopAsync(Ct);
        (await database.CountAsync("MailOutboxEntry")).Should().Be(0);
    }

    private static FakeMailTransport Use(IServiceCollection services, SqliteDatabase database)
    {
        services.AddDbContext<ShopContext>(options => database.Use(options));
        services.AddTransactionalMail(static o => o.From = "Acme <no-reply@acme.example>").UseEntityFrameworkOutbox<ShopContext>();
        return services.UseFakeMail();
    }

    private static async Task<IHost> StartAsync(Action<IServiceCollection> register, Action<TransactionalMailBuilder>? use = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        register(builder.Services);
        use?.Invoke(builder.Services.AddTransactionalMail(static o => o.From = "Acme <no-reply@acme.example>"));
        if (!builder.Services.Any(static s => s.ServiceType == typeof(FakeMailTransport))) builder.Services.UseFakeMail();
        var host = builder.Build();
        await host.StartAsync(Ct);
        return host;
    }

    private sealed class ArchiveContext(DbContextOptions<ArchiveContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
    }

    private sealed class ForgetfulContext(DbContextOptions<ForgetfulContext> options) : DbContext(options);

    private sealed class SelfMadeContext(DbContextOptions<SelfMadeContext> options, SqliteDatabase database) : DbContext(options)
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => database.Use(optionsBuilder);

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
    }
}
