using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

/// <summary>What goes wrong with PostgreSQL alone, on a server of its own, for it is killed.</summary>
public sealed class PostgreSqlFaultTests : IAsyncLifetime
{
    private readonly PostgreSqlServer _server = new();
    private PostgreSqlDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgreSqlDatabase.CreateAsync(_server);
        await _database.CreateTablesAsync<ShopContext>();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_dies_under_working_leases_loses_nothing_O07()
    {
        await using var outbox = TestOutbox.Create(_database!);
        await outbox.Outbox.AddAsync(Some.Entries(50), Ct);
        var held = await outbox.Outbox.LeaseAsync("default", 20, Some.Lease, Ct);

        await _server.CrashAsync();
        foreach (var call in Calls(outbox.Outbox, held))
        {
            (await call.Should().ThrowAsync<MailDatabaseException>()).Which.IsTransient.Should().BeTrue();
        }

        await _server.StartAsync();
        await UntilItWorksAsync(async () => (await outbox.Outbox.RenewAsync(held, Some.Lease, Ct)).Should().BeEmpty("the leases are as they were"));
        (await outbox.Outbox.CompleteAsync(held, Ct)).Should().BeEmpty();
        var others = await outbox.Outbox.LeaseAsync("default", 100, Some.Lease, Ct);
        others.Select(static l => l.Entry.Id).Should().HaveCount(30).And.NotIntersectWith(held.Select(static l => l.Entry.Id));
        await outbox.Outbox.AddAsync([Some.Entry()], Ct);
    }

    [Fact]
    public async Task A_server_that_ends_a_connection_in_use_is_a_passing_trouble_O07()
    {
        await using var outbox = TestOutbox.Create(_database!);
        await using var context = _database!.CreateContext<ShopContext>();
        await using var watching = _database.CreateContext<ShopContext>(); // a transaction sees the server's activity as it first looked
        await using (await context.Database.BeginTransactionAsync(Ct))
        {
            await context.Database.ExecuteSqlRawAsync("LOCK TABLE \"MailOutboxEntry\"", Ct);
            var adding = () => outbox.Outbox.AddAsync([Some.Entry()], Ct).AsTask();
            var failing = adding.Should().ThrowAsync<MailDatabaseException>();
            while (!failing.IsCompleted && await watching.Database.SqlQueryRaw<bool>("SELECT pg_terminate_backend(pid) AS \"Value\" FROM pg_stat_activity WHERE wait_event_type = 'Lock'").ToListAsync(Ct) is []) await Task.Delay(20, Ct);

            (await failing).Which.IsTransient.Should().BeTrue("an orderly restart ends connections like that");
        }

        await UntilItWorksAsync(async () => await outbox.Outbox.AddAsync([Some.Entry()], Ct));
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_crash_is_there_after_it_O02()
    {
        await using var outbox = TestOutbox.Create(_database!);
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<MailId>();
        var enough = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    var entry = Some.Entry(text: new string('x', 2_000));
                    await outbox.Outbox.AddAsync([entry], Ct);
                    acknowledged.Add(entry.Id);
                    if (acknowledged.Count > 300) enough.TrySetResult();
                }
            }
            catch (MailDatabaseException e)
            {
                e.IsTransient.Should().BeTrue();
            }
        })).ToArray();

        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await _server.CrashAsync();
        await Task.WhenAll(callers);
        await _server.StartAsync();

        IReadOnlyList<OutboxLease> there = [];
        await UntilItWorksAsync(async () => there = await outbox.Outbox.LeaseAsync("default", 100_000, Some.Lease, Ct));
        acknowledged.Should().BeSubsetOf(there.Select(static l => l.Entry.Id));
    }

    [Fact]
    public async Task Workers_outlive_a_server_that_dies_and_deliver_what_it_kept_O07()
    {
        await using (var before = TestOutbox.Create(_database!)) await before.Outbox.AddAsync(Some.Entries(3), Ct);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDbContext<ShopContext>(options => _database!.Use(options));
        builder.Services.AddTransactionalMail(static o =>
        {
            o.From = "Acme <no-reply@acme.example>";
            o.Outbox.PollInterval = TimeSpan.FromMilliseconds(50);
        }).UseEntityFrameworkOutbox<ShopContext>();
        var fake = builder.Services.UseFakeMail();
        using var host = builder.Build();
        await _server.CrashAsync();
        await host.StartAsync(Ct);
        var admin = host.Services.GetRequiredService<IOutboxAdmin>();
        await admin.Invoking(static a => a.GetDepthsAsync(Ct).AsTask()).Should().ThrowAsync<MailDatabaseException>();

        await _server.StartAsync();

        for (var sent = 0; sent < 3; sent = fake.Sent.Count) await fake.WaitForAsync(_ => fake.Sent.Count > sent, TimeSpan.FromSeconds(30), Ct);
        await host.StopAsync(Ct);
        fake.Sent.Should().HaveCount(3);
        (await admin.GetDepthsAsync(Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_mail_the_database_refuses_fails_alone()
    {
        await _database!.ExecuteAsync("ALTER TABLE \"MailOutboxEntry\" ADD CONSTRAINT no_strangers CHECK (\"Stream\" <> 'strange')");
        await using var outbox = TestOutbox.Create(_database);
        var refused = 0;

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            try
            {
                await outbox.Outbox.AddAsync([Some.Entry() with { StreamName = i == 13 ? "strange" : "default" }], Ct);
            }
            catch (MailDatabaseException e) when (!e.IsTransient)
            {
                Interlocked.Increment(ref refused);
            }
        })));

        refused.Should().Be(1);
        (await outbox.Outbox.LeaseAsync("default", 100, Some.Lease, Ct)).Should().HaveCount(39);
    }

    [Fact]
    public async Task A_host_that_no_name_server_knows_is_a_passing_trouble()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(_database!.ConnectionString) { Host = new string('x', 64) }; // longer than a name may be, so that nobody is asked
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(options => options.UseNpgsql(elsewhere.ConnectionString));
        services.AddTransactionalMail(static o => o.From = "no-reply@acme.example").UseEntityFrameworkOutbox<ShopContext>();
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        var adding = () => provider.GetRequiredService<IMailOutbox>().AddAsync([Some.Entry()], Ct).AsTask();

        (await adding.Should().ThrowAsync<MailDatabaseException>()).Which.IsTransient.Should().BeTrue();
    }

    private static IEnumerable<Func<Task>> Calls(IMailOutbox outbox, IReadOnlyList<OutboxLease> held)
    {
        yield return async () => await outbox.AddAsync([Some.Entry()], Ct);
        yield return async () => await outbox.LeaseAsync("default", 10, Some.Lease, Ct);
        yield return async () => await outbox.RenewAsync(held, Some.Lease, Ct);
        yield return async () => await outbox.CompleteAsync(held, Ct);
    }

    /// <summary>Connections that the crash broke each cost one more failure.</summary>
    private static async Task UntilItWorksAsync(Func<Task> act)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await act();
                return;
            }
            catch (MailDatabaseException e) when (e.IsTransient && tries < 100)
            {
            }
        }
    }
}
