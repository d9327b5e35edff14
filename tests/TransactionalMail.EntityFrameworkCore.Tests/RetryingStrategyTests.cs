using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>Contexts with <c>EnableRetryOnFailure</c>, on a database that breaks off once: mail is there once in the end.</summary>
public sealed class RetryingStrategyTests(PostgreSqlServer server) : IAsyncLifetime
{
    private PostgreSqlDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PostgreSqlDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgreSqlDatabase.CreateAsync(server);
        await _database.CreateTablesAsync<ShopContext>();
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, "order-1042")]
    public async Task An_order_that_is_saved_sends_its_mail_once_O13(bool breaks, string? key)
    {
        var breaking = new BreaksOffAtMail(Database);
        await using var shop = Start(options => _ = breaks ? options.AddInterceptors(breaking) : options);

        var id = await shop.InScopeAsync(async db =>
        {
            db.Orders.Add(new Order { Customer = "Ada" });
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(key), Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        });

        await SentOnceAsync(shop, id);
        breaking.IsBroken.Should().Be(breaks);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, "order-1042")]
    [InlineData(true, null)]
    [InlineData(true, "order-1042")]
    public async Task A_transaction_that_is_tried_again_sends_its_mail_once_O13(bool clears, string? key)
    {
        await using var shop = Start();
        var attempts = 0;

        var id = await shop.InScopeAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            if (clears) db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            if (clears || attempts == 0) db.Orders.Add(new Order { Customer = "Ada" });
            else db.Entry(db.Orders.Local.Single()).State = EntityState.Added;
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(key), Ct);
            await db.SaveChangesAsync(Ct);
            if (attempts++ == 0) await BreakOffAsync(Database, db.Database.GetDbConnection());
            await transaction.CommitAsync(Ct);
            return id;
        }));

        attempts.Should().Be(2);
        await SentOnceAsync(shop, id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order-1042")]
    public async Task What_is_accepted_after_the_commit_only_is_saved_again_O13(string? key)
    {
        await using var shop = Start();
        var attempts = 0;

        var id = await shop.InScopeAsync(async db =>
        {
            db.Orders.Add(new Order { Customer = "Ada" });
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(key), Ct);
            await db.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
                async ct =>
                {
                    await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, ct);
                    if (attempts++ == 0) throw new TimeoutException();
                },
                async ct => await db.Orders.AsNoTracking().AnyAsync(ct),
                Ct);
            db.ChangeTracker.AcceptAllChanges();
            return id;
        });

        attempts.Should().Be(2);
        await SentOnceAsync(shop, id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order-1042")]
    public async Task A_break_while_mail_is_inserted_in_a_plain_transaction_is_tried_again_too_O13(string? key)
    {
        await using var shop = Start();
        var attempts = 0;

        var id = await shop.InScopeAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            db.Orders.Add(new Order { Customer = "Ada" });
            await db.SaveChangesAsync(Ct);
            if (attempts++ == 0) await BreakOffAsync(Database, db.Database.GetDbConnection());
            var id = await shop.Mailer.EnqueueAsync(transaction.GetDbTransaction(), Confirmation(key), Ct);
            await transaction.CommitAsync(Ct);
            return id;
        }));

        attempts.Should().Be(2);
        shop.Signal.Wake();
        await SentOnceAsync(shop, id);
    }

    [Fact]
    public async Task The_outbox_works_through_such_a_context_within_a_transaction_of_the_application_too()
    {
        await using var outbox = TestOutbox.Create<RetryingContext>(Database);
        await using var db = Database.CreateContext<RetryingContext>();
        await outbox.Outbox.AddAsync([Some.Entry()], Ct);
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await outbox.Outbox.AddAsync([Some.Entry()], Ct);
            await outbox.Mailer.EnqueueAsync(Confirmation("order-1042"), Ct);
            await transaction.RollbackAsync(Ct);
        });

        var leases = await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);

        leases.Should().HaveCount(3, "what is no part of the transaction stays");
        (await outbox.Outbox.RenewAsync(leases, Some.Lease, Ct)).Should().BeEmpty();
        (await outbox.Outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();
        (await Database.CountAsync("MailOutboxEntry")).Should().Be(0);
    }

    private static EmailMessage Confirmation(string? key) => new() { To = ["ada@example.com"], Subject = "Your order 1042", TextBody = "Thank you for your order.", IdempotencyKey = key };

    /// <summary>Ends a connection's backend, as a failover would.</summary>
    private static Task<int> BreakOffAsync(PostgreSqlDatabase database, DbConnection connection) => database.ExecuteAsync($"SELECT pg_terminate_backend({((NpgsqlConnection)connection).ProcessID}, 5000)");

    /// <summary>Starts an application that looks into its outbox when it is woken only.</summary>
    private TestShop Start(Action<DbContextOptionsBuilder>? configure = null) => new(Database, TimeSpan.FromHours(1), configure: options =>
    {
        options.UseNpgsql(static o => o.EnableRetryOnFailure());
        configure?.Invoke(options);
    });

    /// <summary>Waits for the mail of the one order, and for one that comes after everything else.</summary>
    private async Task SentOnceAsync(TestShop shop, MailId id)
    {
        await shop.ArrivedAsync(id);
        var last = await shop.Mailer.EnqueueAsync(Confirmation(key: null), Ct);
        await shop.ArrivedAsync(last);
        shop.Fake.Sent.Select(static mail => mail.Id).Should().BeEquivalentTo([id, last]);
        (await Database.CountAsync("Orders")).Should().Be(1);
    }

    /// <summary>Breaks off once, as mail is about to be inserted.</summary>
    private sealed class BreaksOffAtMail(PostgreSqlDatabase database) : DbCommandInterceptor
    {
        public bool IsBroken { get; private set; }

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (IsBroken || !command.CommandText.Contains("INSERT INTO \"MailOutboxEntry\"", StringComparison.Ordinal)) return result;
            IsBroken = true;
            await BreakOffAsync(database, command.Connection!);
            return result;
        }
    }

    private sealed class RetryingContext(DbContextOptions<RetryingContext> options) : DbContext(options)
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql(static o => o.EnableRetryOnFailure());

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
    }
}
