using Microsoft.Data.Sqlite;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

/// <summary>What goes wrong with SQLite alone.</summary>
public sealed class SqliteFaultTests : IAsyncLifetime
{
    private readonly SqliteDatabase _database = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _database.CreateTablesAsync<ShopContext>();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_locked_database_is_waited_for_then_fails_transiently_and_loses_nothing_O07()
    {
        await using var outbox = TestOutbox.Create(_database, configure: static o => o.LockTimeout = TimeSpan.FromMilliseconds(300));
        await outbox.Outbox.AddAsync([Some.Entry()], Ct);
        using (var other = await LockAsync())
        {
            var adding = async () => await outbox.Outbox.AddAsync([Some.Entry()], Ct);
            var leasing = async () => await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);

            (await adding.Should().ThrowAsync<MailDatabaseException>()).Which.Should().Match<MailDatabaseException>(static e => e.IsTransient && e.Message.Contains("locked"));
            (await leasing.Should().ThrowAsync<MailDatabaseException>()).Which.IsTransient.Should().BeTrue();
        }

        await outbox.Outbox.AddAsync([Some.Entry()], Ct);
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().HaveCount(2, "what failed was not added, and the rest was kept");
    }

    [Theory]
    [InlineData("\"Attempts\" = 5000000000")]
    [InlineData("\"Attempts\" = 'many'")]
    [InlineData("\"Id\" = 'no id'")]
    public async Task A_row_that_holds_what_no_column_should_stops_no_other_O09(string change)
    {
        await using var outbox = TestOutbox.Create(_database);
        var bad = Some.Entry(DateTimeOffset.UtcNow.AddMinutes(-2));
        var good = Some.Entry(DateTimeOffset.UtcNow.AddMinutes(-1));
        await outbox.Outbox.AddAsync([bad], Ct);
        await _database.ExecuteAsync($"UPDATE \"MailOutboxEntry\" SET {change}");
        await outbox.Outbox.AddAsync([good], Ct);

        var leases = await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);

        leases.Select(static l => l.Entry.Id).Should().Contain(good.Id);
        (await outbox.Outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_lock_that_is_let_go_in_time_is_not_noticed_O07()
    {
        await using var outbox = TestOutbox.Create(_database);
        Task adding;
        using (var other = await LockAsync())
        {
            adding = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => outbox.Outbox.AddAsync([Some.Entry()], Ct).AsTask())));
            adding.IsCompleted.Should().BeFalse("nothing is acknowledged while somebody else holds the lock");
        }

        await adding;
        (await outbox.Outbox.LeaseAsync("default", 100, Some.Lease, Ct)).Should().HaveCount(10);
    }

    [Fact]
    public async Task Who_cancels_before_the_commit_leaves_nothing_behind()
    {
        await using var outbox = TestOutbox.Create(_database);
        await outbox.Outbox.AddAsync([Some.Entry()], Ct);
        using var patience = new CancellationTokenSource();
        Task staying;
        using (var other = await LockAsync())
        {
            staying = outbox.Outbox.AddAsync([Some.Entry()], Ct).AsTask();
            var going = outbox.Outbox.AddAsync([Some.Entry()], patience.Token).AsTask();
            await patience.CancelAsync();

            var waiting = () => going;
            await waiting.Should().ThrowAsync<OperationCanceledException>();
        }

        await staying;
        (await outbox.Outbox.LeaseAsync("default", 100, Some.Lease, Ct)).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_full_disk_fails_loudly_and_harms_nothing_O06()
    {
        await using var outbox = TestOutbox.Create(_database);
        await outbox.Outbox.AddAsync(Some.Entries(3), Ct);

        // A limit belongs to a connection: the pool hands the same one out again.
        _database.MaxPages = await PagesAsync() + 4;
        var adding = async () => await outbox.Outbox.AddAsync([Some.Entry(attachments: new EmailAttachment("a.bin", new byte[200_000]))], Ct);

        (await adding.Should().ThrowAsync<MailDatabaseException>()).Which.Should().Match<MailDatabaseException>(static e => e.IsTransient && e.Message.Contains("full"));
        var leases = await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);
        leases.Should().HaveCount(3);
        (await outbox.Outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();

        _database.MaxPages = 1_000_000;
        await outbox.Outbox.AddAsync([Some.Entry(attachments: new EmailAttachment("a.bin", new byte[200_000]))], Ct);
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_said_to_be_none_and_left_as_it_is_O15()
    {
        await using var database = new SqliteDatabase();
        var file = new SqliteConnectionStringBuilder(database.ConnectionString).DataSource;
        var garbage = new byte[8192];
        new Random(1).NextBytes(garbage);
        await File.WriteAllBytesAsync(file, garbage, Ct);
        database.IsPlain = true;
        await using var outbox = TestOutbox.Create(database);

        var adding = async () => await outbox.Outbox.AddAsync([Some.Entry()], Ct);

        await adding.Should().ThrowAsync<MailDatabaseException>().WithMessage("*no database*");
        (await File.ReadAllBytesAsync(file, Ct)).Should().Equal(garbage);
    }

    [Fact]
    public async Task A_database_without_the_tables_says_what_to_do()
    {
        await using var database = new SqliteDatabase();
        await using var outbox = TestOutbox.Create(database);

        var leasing = async () => await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);

        (await leasing.Should().ThrowAsync<MailDatabaseException>().WithMessage("*migration*")).Which.IsTransient.Should().BeFalse();
    }

    private async Task<SqliteConnection> LockAsync()
    {
        var other = new SqliteConnection(_database.ConnectionString + ";Pooling=False");
        await other.OpenAsync(Ct);
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(Ct);
        return other;
    }

    private async Task<long> PagesAsync()
    {
        await using var context = _database.CreateContext<ShopContext>();
        return await context.Database.SqlQueryRaw<long>("SELECT page_count AS \"Value\" FROM pragma_page_count").SingleAsync(Ct);
    }
}
