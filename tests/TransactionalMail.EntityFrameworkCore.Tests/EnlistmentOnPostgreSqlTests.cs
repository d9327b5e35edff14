using System.Transactions;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

public sealed class EnlistmentOnPostgreSqlTests(PostgreSqlServer server) : EnlistmentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_scope_decides_as_well_O13(bool completes)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await database.CreateTablesAsync<ShopContext>();
        await using var shop = new TestShop(database, TimeSpan.FromMilliseconds(100));

        var id = await shop.InScopeAsync(async db =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await db.Database.OpenConnectionAsync(Ct);
            db.Orders.Add(new Order { Customer = "Ada" });
            await db.SaveChangesAsync(Ct);
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation() with { IdempotencyKey = "order-1042" }, Ct);
            await db.SaveChangesAsync(Ct);
            if (completes) scope.Complete();
            return id;
        });

        if (completes) await shop.ArrivedAsync(id);
        else (await shop.Outbox.FindAsync(id, Ct)).Should().BeNull();
        (await database.CountAsync("Orders")).Should().Be(completes ? 1 : 0);
    }

    [Fact]
    public async Task A_transaction_that_has_the_last_connection_can_enqueue()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await database.CreateTablesAsync<ShopContext>();
        var narrow = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, Timeout = 2 }.ConnectionString;
        await using var shop = new TestShop(database, TimeSpan.FromHours(1), configure: options => options.UseNpgsql(narrow));

        var id = await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            var id = await shop.Mailer.EnqueueAsync(db, Confirmation(), Ct);
            await db.SaveChangesAsync(Ct);
            await transaction.CommitAsync(Ct);
            return id;
        });

        await shop.ArrivedAsync(id);
    }

    [Fact]
    public async Task A_key_in_an_open_transaction_holds_nobody_else_up()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await database.CreateTablesAsync<ShopContext>();
        await using var shop = new TestShop(database, TimeSpan.FromMilliseconds(100));
        var keyed = Confirmation() with { IdempotencyKey = "order-1042" };

        await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            var first = await shop.Mailer.EnqueueAsync(transaction.GetDbTransaction(), keyed, Ct);
            var second = shop.Mailer.EnqueueAsync(keyed, Ct);
            var others = Enumerable.Range(0, 20).Select(n => shop.Mailer.EnqueueAsync(n % 2 == 0 ? Confirmation() : Confirmation() with { IdempotencyKey = $"other-{n}" }, Ct));

            await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(10), Ct);
            second.IsCompleted.Should().BeFalse("whether its key is free is known when the transaction ends");

            await transaction.CommitAsync(Ct);
            (await second.WaitAsync(TimeSpan.FromSeconds(10), Ct)).Should().Be(first);
            return first;
        });
    }

    [Fact]
    public async Task Many_who_wait_for_one_key_hold_nobody_else_up_and_take_few_connections()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await database.CreateTablesAsync<ShopContext>();
        var narrow = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 16, Timeout = 2 }.ConnectionString;
        await using var shop = new TestShop(database, TimeSpan.FromHours(1), configure: options => options.UseNpgsql(narrow));
        var keyed = Confirmation() with { IdempotencyKey = "order-1042" };

        await shop.InScopeAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            var first = await shop.Mailer.EnqueueAsync(transaction.GetDbTransaction(), keyed, Ct);
            Task<MailId>[] waiting = [.. Enumerable.Range(0, 50).Select(_ => shop.Mailer.EnqueueAsync(keyed, Ct))];
            await Task.Delay(TimeSpan.FromSeconds(1), Ct); // the first of them has met the transaction

            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => shop.Mailer.EnqueueAsync(Confirmation(), Ct))).WaitAsync(TimeSpan.FromSeconds(3), Ct);
            waiting.Should().NotContain(static w => w.IsCompleted);

            await transaction.CommitAsync(Ct);
            (await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(10), Ct)).Should().OnlyContain(id => id == first);
            return first;
        });
    }

    private protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlDatabase.CreateAsync(server);
}
