using System.Transactions;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>Mail in the same transaction as the order it confirms.</summary>
public abstract class EnlistmentTests : IAsyncLifetime
{
    /// <summary>So long that only a wake-up delivers.</summary>
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);

    private TestDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        await _database.CreateTablesAsync<ShopContext>();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_saved_order_sends_its_mail_at_once()
    {
        await using var shop = await StartAsync(s_never);
        var id = await shop.InScopeAsync(async db =>
        {
            db.Orders.Add(new Order { Customer = "Ada" });
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation() with { Attachments = [new EmailAttachment("invoice.pdf", new byte[100_000])] }, Ct);
            (await Database.CountAsync("MailOutboxEntry")).Should().Be(0);
            await db.SaveChangesAsync(Ct);
            return id;
        });

        (await shop.ArrivedAsync(id)).Message.Attachments.Should().ContainSingle().Which.FileName.Should().Be("invoice.pdf");
        await GoneAsync();
    }

    [Fact]
    public async Task A_committed_transaction_sends_its_mail_at_once()
    {
        await using var shop = await StartAsync(s_never);
        var id = await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            db.Orders.Add(new Order { Customer = "Ada" });
            await db.SaveChangesAsync(Ct);
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(), Ct);
            await db.SaveChangesAsync(Ct);
            await transaction.CommitAsync(Ct);
            return id;
        });

        await shop.ArrivedAsync(id);
    }

    [Fact]
    public async Task What_is_rolled_back_or_never_saved_is_never_sent_O13()
    {
        await using var shop = await StartAsync(TimeSpan.FromMilliseconds(50));
        await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await shop.Mailer.EnqueueAsync(db, Confirmation(), Ct);
            await db.SaveChangesAsync(Ct);
            await transaction.RollbackAsync(Ct);
            return true;
        });
        await shop.InScopeAsync(db => shop.Mailer.EnqueueAsync(db, Confirmation(), Ct));
        await shop.InScopeAsync(async db =>
        {
            await shop.Mailer.EnqueueAsync(db, Confirmation(), Ct);
            db.Orders.Add(new Order { Customer = null! });
            var saving = () => db.SaveChangesAsync(Ct);
            await saving.Should().ThrowAsync<DbUpdateException>();
            return true;
        });

        var last = await shop.InScopeAsync(async db =>
        {
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(), Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        });

        await shop.ArrivedAsync(last);
        await GoneAsync();
        shop.Fake.Sent.Should().HaveCount(2, "the first made sure that the lane runs");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plain_transaction_decides_as_well_O13(bool commits)
    {
        await using var shop = await StartAsync(TimeSpan.FromMilliseconds(200));
        await using var context = Database.CreateContext<ShopContext>();
        var connection = context.Database.GetDbConnection();
        await connection.OpenAsync(Ct);
        MailId id;
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "INSERT INTO \"Orders\" (\"Customer\") VALUES ('Ada')";
            await command.ExecuteNonQueryAsync(Ct);
            id = await shop.Mailer.EnqueueAsync(transaction, Confirmation() with { IdempotencyKey = "order-1", Attachments = [new EmailAttachment("a.txt", new byte[10])] }, Ct);
            (await shop.Mailer.EnqueueAsync(transaction, Confirmation() with { IdempotencyKey = "order-1", Attachments = [new EmailAttachment("a.txt", new byte[10])] }, Ct)).Should().Be(id);
            var other = () => shop.Mailer.EnqueueAsync(transaction, Confirmation() with { IdempotencyKey = "order-1", Subject = "other" }, Ct);
            await other.Should().ThrowAsync<IdempotencyConflictException>();
            if (commits) await transaction.CommitAsync(Ct);
            else await transaction.RollbackAsync(Ct);
        }

        await connection.CloseAsync();
        (await Database.CountAsync("Orders")).Should().Be(commits ? 1 : 0);
        if (commits) await shop.ArrivedAsync(id);
        else (await shop.Outbox.FindAsync(id, Ct)).Should().BeNull();
        shop.Fake.Sent.Count(mail => mail.Id == id).Should().Be(commits ? 1 : 0);
    }

    [Fact]
    public async Task A_key_stands_for_one_mail_before_and_after_it_is_saved_O14()
    {
        await using var shop = await StartAsync(s_never);
        var order = Confirmation() with { IdempotencyKey = "order-1042" };
        var id = await shop.InScopeAsync(async db =>
        {
            var id = await shop.Mailer.EnqueueAsync(db, order, Ct);
            (await shop.Mailer.EnqueueAsync(db, order, Ct)).Should().Be(id);
            await db.SaveChangesAsync(Ct);
            return id;
        });
        await shop.ArrivedAsync(id);

        await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            db.Orders.Add(new Order { Customer = "Ada" });
            await db.SaveChangesAsync(Ct);
            (await shop.Mailer.EnqueueAsync(db, order, Ct)).Should().Be(id);
            var other = () => shop.Mailer.EnqueueAsync(db, order with { Subject = "other" }, Ct);
            (await other.Should().ThrowAsync<IdempotencyConflictException>()).Which.MailId.Should().Be(id);
            await db.SaveChangesAsync(Ct);
            await transaction.CommitAsync(Ct);
            return true;
        });

        (await Database.CountAsync("Orders")).Should().Be(1, "the conflict does not break the transaction");
        (await shop.Mailer.EnqueueAsync(order, Ct)).Should().Be(id, "all ways share the keys");
        (await Database.CountAsync("MailIdempotencyKey")).Should().Be(1);
        shop.Fake.Sent.Count(mail => mail.Id == id).Should().Be(1);
    }

    [Fact]
    public async Task Many_contexts_that_come_with_one_key_at_once_store_one_mail_O14()
    {
        await using var shop = await StartAsync(s_never);
        var order = Confirmation() with { IdempotencyKey = "order-1042" };

        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => EnqueueAsync(), Ct)));

        ids.Distinct().Should().ContainSingle();
        await shop.ArrivedAsync(ids[0]);
        shop.Fake.Sent.Count(mail => mail.Id == ids[0]).Should().Be(1);

        async Task<MailId> EnqueueAsync()
        {
            while (true)
            {
                try
                {
                    return await shop.InScopeAsync(async db =>
                    {
                        var id = await shop.Mailer.EnqueueAsync(db, order, Ct);
                        await db.SaveChangesAsync(Ct);
                        return id;
                    });
                }
                catch (DbUpdateException)
                {
                    // Somebody else was faster; a second call finds theirs.
                }
            }
        }
    }

    [Fact]
    public async Task A_mail_of_the_future_waits_and_can_be_put_off_and_cancelled()
    {
        await using var shop = await StartAsync(s_never);
        var (id, other) = await shop.InScopeAsync(async db =>
        {
            var ids = (await shop.Mailer.EnqueueAsync(db, Confirmation() with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, Ct), await shop.Mailer.EnqueueAsync(db, Confirmation() with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, Ct));
            await db.SaveChangesAsync(Ct);
            return ids;
        });

        (await shop.Outbox.CancelAsync(other, Ct)).Should().BeTrue();
        (await shop.Outbox.RescheduleAsync(id, DateTimeOffset.UtcNow, Ct)).Should().BeTrue();
        shop.Signal.Wake();

        await shop.ArrivedAsync(id);
        await GoneAsync();
        shop.Fake.Sent.Should().NotContain(mail => mail.Id == other);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_that_was_rolled_back_is_taken_again_by_the_same_context_O14(bool toSavepoint)
    {
        await using var shop = await StartAsync(s_never);
        var order = Confirmation() with { IdempotencyKey = "order-1042" };

        var id = await shop.InScopeAsync(async db =>
        {
            var transaction = await db.Database.BeginTransactionAsync(Ct);
            await transaction.CreateSavepointAsync("before", Ct);
            await shop.Mailer.EnqueueAsync(db, order, Ct);
            await db.SaveChangesAsync(Ct);
            if (toSavepoint)
            {
                await transaction.RollbackToSavepointAsync("before", Ct);
            }
            else
            {
                await transaction.RollbackAsync(Ct);
                transaction = await db.Database.BeginTransactionAsync(Ct);
            }

            var id = await shop.Mailer.EnqueueAsync(db, order, Ct);
            await db.SaveChangesAsync(Ct);
            await transaction.CommitAsync(Ct);
            return id;
        });

        await shop.ArrivedAsync(id);
        (await shop.Mailer.EnqueueAsync(order, Ct)).Should().Be(id);
    }

    [Fact]
    public async Task What_is_saved_before_its_changes_are_accepted_is_saved_again_after_a_rollback_O13()
    {
        await using var shop = await StartAsync(s_never);

        var id = await shop.InScopeAsync(async db =>
        {
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation() with { IdempotencyKey = "order-1042" }, Ct);
            for (var attempt = 0; attempt < 2; attempt++)
            {
                await using var transaction = await db.Database.BeginTransactionAsync(Ct);
                await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, Ct);
                if (attempt == 0) await transaction.RollbackAsync(Ct);
                else await transaction.CommitAsync(Ct);
            }

            db.ChangeTracker.AcceptAllChanges();
            return id;
        });

        await shop.ArrivedAsync(id);
    }

    [Fact]
    public async Task A_context_that_tracks_nothing_takes_an_expired_key_as_well_O14()
    {
        await using var shop = await StartAsync(s_never, configure: static options => options.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        var order = Confirmation() with { IdempotencyKey = "order-1042" };
        await SaveAsync();
        await Database.ExecuteAsync("UPDATE \"MailIdempotencyKey\" SET \"ExpiresAt\" = 1");

        var id = await SaveAsync();

        await shop.ArrivedAsync(id);
        (await SaveAsync()).Should().Be(id);

        Task<MailId> SaveAsync() => shop.InScopeAsync(async db =>
        {
            var id = await shop.Mailer.EnqueueAsync(db, order, Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mail_that_cannot_be_encrypted_leaves_no_key_in_the_context_O14(bool isExpired)
    {
        var isVaultDown = false;
        await using var shop = new TestShop(Database, s_never, configureOutbox: o =>
        {
            o.Protect = bytes => isVaultDown ? throw new IOException("The vault is down.") : bytes;
            o.Unprotect = static bytes => bytes;
        });
        var order = Confirmation() with { IdempotencyKey = "order-1042" };
        if (isExpired)
        {
            await shop.InScopeAsync(SaveAsync);
            await Database.ExecuteAsync("UPDATE \"MailIdempotencyKey\" SET \"ExpiresAt\" = 1");
        }

        var id = await shop.InScopeAsync(async db =>
        {
            isVaultDown = true;
            var enqueueing = () => shop.Mailer.EnqueueAsync(db, order, Ct);
            await enqueueing.Should().ThrowAsync<IOException>();
            db.Orders.Add(new Order { Customer = "Ada" });
            await db.SaveChangesAsync(Ct);

            isVaultDown = false;
            return await SaveAsync(db);
        });

        await shop.ArrivedAsync(id);

        async Task<MailId> SaveAsync(ShopContext db)
        {
            var id = await shop.Mailer.EnqueueAsync(db, order, Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(87_660)]
    public async Task A_machine_whose_clock_is_put_right_holds_no_mail_back_O08(int hours)
    {
        var clock = new MachineClock();
        await using var shop = new TestShop(Database, s_never, clock);
        await EnqueueAsync();

        clock.Error = TimeSpan.FromHours(hours);
        await EnqueueAsync();

        await using var context = Database.CreateContext<ShopContext>();
        var dueAt = await context.Database.SqlQueryRaw<long>("SELECT \"DueAt\" AS \"Value\" FROM \"MailOutboxEntry\"").ToListAsync(Ct);
        dueAt.Should().HaveCount(2).And.OnlyContain(due => Math.Abs(due - (DateTimeOffset.UtcNow.AddMinutes(30) - DateTimeOffset.UnixEpoch).Ticks) < TimeSpan.TicksPerMinute);

        Task<MailId> EnqueueAsync() => shop.InScopeAsync(async db =>
        {
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation() with { NotBefore = clock.GetUtcNow().AddMinutes(30) }, Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mail_sent_now_is_no_part_of_a_transaction_scope_O14(bool completes)
    {
        await using var shop = await StartAsync(s_never);
        var code = Confirmation() with { IdempotencyKey = "code-1" };

        MailReceipt receipt;
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            receipt = await shop.Mailer.SendAsync(code, Ct);
            if (completes) scope.Complete();
        }

        (await shop.Mailer.SendAsync(code, Ct)).Id.Should().Be(receipt.Id);
        shop.Fake.Sent.Count(mail => mail.Id == receipt.Id).Should().Be(1);
    }

    [Fact]
    public async Task Mail_of_a_transaction_that_begins_anew_is_sent_at_once()
    {
        await using var shop = await StartAsync(s_never);
        var id = await shop.InScopeAsync(async db =>
        {
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(), Ct);
            await using (var lost = await db.Database.BeginTransactionAsync(Ct)) await lost.RollbackAsync(Ct);
            await db.SaveChangesAsync(Ct);
            return id;
        });

        await shop.ArrivedAsync(id);
    }

    [Fact]
    public async Task A_context_without_the_tables_says_what_to_do()
    {
        await using var shop = await StartAsync(s_never);
        await using var before = Database.CreateContext<BeforeContext>();

        var enqueueing = () => shop.Mailer.EnqueueAsync(before, Confirmation(), Ct);

        await enqueueing.Should().ThrowAsync<InvalidOperationException>().WithMessage("*BeforeContext*AddTransactionalMail()*migration*");
    }

    [Fact]
    public async Task A_context_with_tables_of_its_own_says_what_to_do()
    {
        await using var shop = await StartAsync(s_never);
        await using var other = Database.CreateContext<OtherContext>();

        var enqueueing = () => shop.Mailer.EnqueueAsync(other, Confirmation(), Ct);

        await enqueueing.Should().ThrowAsync<InvalidOperationException>().WithMessage("*OtherContext*app_MailOutboxEntry*never be sent*");
        await using var half = Database.CreateContext<HalfOtherContext>();
        await FluentActions.Awaiting(() => shop.Mailer.EnqueueAsync(half, Confirmation(), Ct)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*HalfOtherContext*Elsewhere*never be sent*");
    }

    [Fact]
    public async Task A_mailer_whose_outbox_is_in_memory_says_what_to_do()
    {
        var services = new ServiceCollection();
        services.AddTransactionalMail(o => o.From = "no-reply@acme.example");
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider();
        await using var db = Database.CreateContext<ShopContext>();

        var enqueueing = () => provider.GetRequiredService<ITransactionalMailer>().EnqueueAsync(db, Confirmation(), Ct);

        await enqueueing.Should().ThrowAsync<InvalidOperationException>().WithMessage("*UseEntityFrameworkOutbox*");
    }

    [Fact]
    public async Task A_mail_that_fails_halfway_leaves_nothing_in_a_transaction_that_goes_on()
    {
        await using var database = await CreateAsync();
        await database.CreateTablesAsync<ShopContext>();
        await using var shop = new TestShop(database, TimeSpan.FromMilliseconds(100));
        await database.ExecuteAsync("ALTER TABLE \"MailOutboxContent\" RENAME TO \"Elsewhere\"");
        var mail = Confirmation() with { IdempotencyKey = "order-1042", Attachments = [new EmailAttachment("invoice.pdf", new byte[100])] };

        await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            db.Orders.Add(new Order { Customer = "Ada" });
            await db.SaveChangesAsync(Ct);
            await FluentActions.Awaiting(() => shop.Mailer.EnqueueAsync(transaction.GetDbTransaction(), mail, Ct)).Should().ThrowAsync<MailDatabaseException>();
            await transaction.CommitAsync(Ct);
            return true;
        });

        (await database.CountAsync("Orders")).Should().Be(1, "the transaction is the caller's to commit");
        (await database.CountAsync("MailIdempotencyKey")).Should().Be(0);
        (await database.CountAsync("MailOutboxEntry")).Should().Be(0);
        await database.ExecuteAsync("ALTER TABLE \"Elsewhere\" RENAME TO \"MailOutboxContent\"");
        await shop.ArrivedAsync(await shop.Mailer.EnqueueAsync(mail, Ct));
    }

    private protected abstract Task<TestDatabase> CreateAsync();

    private protected static EmailMessage Confirmation() => new() { To = ["ada@example.com"], Subject = "Your order 1042", TextBody = "Thank you for your order." };

    /// <summary>Starts an application whose lane has had its first look.</summary>
    private async Task<TestShop> StartAsync(TimeSpan poll, Action<DbContextOptionsBuilder>? configure = null)
    {
        var shop = new TestShop(Database, poll, configure: configure);
        await shop.ArrivedAsync(await shop.Mailer.EnqueueAsync(Confirmation(), Ct));
        await GoneAsync();
        return shop;
    }

    /// <summary>Waits until the outbox is empty: a mail is marked after it has arrived.</summary>
    private async Task GoneAsync()
    {
        for (var i = 0; await Database.CountAsync("MailOutboxEntry") + await Database.CountAsync("MailOutboxContent") > 0; i++)
        {
            i.Should().BeLessThan(1_000, "the outbox runs empty");
            await Task.Delay(20, Ct);
        }
    }

    private sealed class OtherContext(DbContextOptions<OtherContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail(tablePrefix: "app_");
    }

    private sealed class HalfOtherContext(DbContextOptions<HalfOtherContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddTransactionalMail();
            modelBuilder.Model.FindEntityType(typeof(MailOutboxContent))!.SetTableName("Elsewhere");
        }
    }

    /// <summary>Somebody sets it while time goes on.</summary>
    private sealed class MachineClock : TimeProvider
    {
        public TimeSpan Error { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Error;
    }
}
