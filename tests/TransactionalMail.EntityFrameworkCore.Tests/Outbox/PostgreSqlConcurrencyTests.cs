using System.Diagnostics;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

/// <summary>What only a database with many writers, and a planner with opinions, can do to an outbox.</summary>
public sealed class PostgreSqlConcurrencyTests(PostgreSqlServer server) : IAsyncLifetime
{
    private PostgreSqlDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgreSqlDatabase.CreateAsync(server);
        await _database.CreateTablesAsync<ShopContext>();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_mail_that_is_marked_while_somebody_puts_it_off_keeps_its_mark()
    {
        Action? meanwhile = null;
        await using var outbox = TestOutbox.Create(_database!, configure: o =>
        {
            o.Protect = static bytes => bytes;
            o.Unprotect = bytes =>
            {
                Interlocked.Exchange(ref meanwhile, null)?.Invoke();
                return bytes;
            };
        });
        var entry = Some.Entry() with { Recipients = ["ada@example.com", "bob@example.com"] };
        await outbox.Outbox.AddAsync([entry], Ct);
        var lease = (await outbox.Outbox.LeaseAsync("default", 1, Some.Lease, Ct)).Single();
        var marked = lease with { Entry = lease.Entry with { Recipients = ["bob@example.com"], Attempts = 1, PinnedTransport = "primary" } };
        meanwhile = () => outbox.Outbox.RescheduleAsync([marked], Ct).AsTask().GetAwaiter().GetResult().Should().BeEmpty();

        var isPutOff = await outbox.Admin.RescheduleAsync(entry.Id, DateTimeOffset.UtcNow.AddMinutes(10), Ct);

        isPutOff.Should().BeFalse("what was read of it is not true any more");
        var found = await outbox.Admin.FindAsync(entry.Id, Ct);
        found!.Recipients.Should().Equal(marked.Entry.Recipients);
        found.PinnedTransport.Should().Be("primary");
    }

    [Fact]
    public async Task Renewals_do_not_wait_for_the_marks_of_the_same_mails()
    {
        await using var outbox = TestOutbox.Create(_database!);
        for (var round = 0; round < 15; round++)
        {
            await outbox.Outbox.AddAsync(Some.Entries(200), Ct);
            var leases = await outbox.Outbox.LeaseAsync("default", 200, Some.Lease, Ct);
            OutboxLease[] shuffled = [.. leases.OrderBy(static _ => Random.Shared.Next())];

            await Task.WhenAll( // two that wait for each other would be a deadlock, and one of them would fail
                Task.Run(async () => await outbox.Outbox.RenewAsync(shuffled, Some.Lease, Ct), Ct),
                Task.Run(async () => await outbox.Outbox.CompleteAsync([.. leases.Take(100)], Ct), Ct),
                Task.Run(async () => await outbox.Outbox.RescheduleAsync([.. leases.Skip(100)], Ct), Ct));

            await outbox.Outbox.CompleteAsync(await outbox.Outbox.LeaseAsync("default", 200, Some.Lease, Ct), Ct);
        }
    }

    [Fact]
    public async Task A_mail_that_is_being_marked_counts_as_held()
    {
        await using var outbox = TestOutbox.Create(_database!);
        await outbox.Outbox.AddAsync(Some.Entries(3), Ct);
        var leases = await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct);
        await using var marking = _database!.CreateContext<ShopContext>();
        await using var transaction = await marking.Database.BeginTransactionAsync(Ct);
        await marking.Database.ExecuteSqlAsync($"SELECT 1 FROM \"MailOutboxEntry\" WHERE \"Id\" = {leases[1].Entry.Id.Value} FOR UPDATE", Ct);

        var lost = await outbox.Outbox.RenewAsync([.. leases, leases[2] with { Token = leases[2].Token - 1 }], Some.Lease, Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Ct);

        lost.Should().ContainSingle().Which.Token.Should().Be(leases[2].Token - 1, "somebody else has that one");
    }

    [Fact]
    public async Task Statistics_of_an_empty_outbox_do_not_slow_down_a_full_one()
    {
        await using var outbox = TestOutbox.Create(_database!);
        await _database!.ExecuteAsync("ALTER TABLE \"MailOutboxEntry\" SET (autovacuum_enabled = off); ALTER TABLE \"MailOutboxContent\" SET (autovacuum_enabled = off)");
        await FillAsync();
        await _database.ExecuteAsync("DELETE FROM \"MailOutboxEntry\" WHERE \"DueAt\" < 9000000000000029999; DELETE FROM \"MailOutboxContent\" WHERE \"EntryId\" NOT IN (SELECT \"Id\" FROM \"MailOutboxEntry\")");
        await _database.ExecuteAsync("VACUUM ANALYZE \"MailOutboxEntry\", \"MailOutboxContent\""); // one mail is left, at the end of many pages
        await FillAsync();
        await outbox.Outbox.AddAsync(Some.Entries(256), Ct);

        var clock = Stopwatch.StartNew();
        var leases = await outbox.Outbox.LeaseAsync("default", 256, Some.Lease, Ct);
        await outbox.Outbox.RenewAsync(leases, Some.Lease, Ct);
        await outbox.Outbox.RescheduleAsync(leases, Ct);
        await outbox.Outbox.CompleteAsync(await outbox.Outbox.LeaseAsync("default", 256, Some.Lease, Ct), Ct);

        leases.Should().HaveCount(256);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2), "reading the tables once for each of 256 mails takes over ten");

        Task FillAsync() => _database.ExecuteAsync(
            """
            WITH new AS (INSERT INTO "MailOutboxEntry" ("Id", "Stream", "State", "DueAt", "AcceptedAt", "Attempts", "LeaseToken")
              SELECT gen_random_uuid(), 'default', 0, 9000000000000000000 + i, 0, 0, 0 FROM generate_series(1, 30000) AS i RETURNING "Id")
            INSERT INTO "MailOutboxContent" ("EntryId", "Position", "IsProtected", "Content") SELECT "Id", 0, false, decode(repeat('7b', 200), 'hex') FROM new
            """);
    }
}
