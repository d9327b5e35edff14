using System.Runtime.InteropServices;
using Hangfire;
using TransactionalMail;
using TransactionalMail.Benchmarks.Outbox;
using TransactionalMail.Benchmarks.Outbox.Contestants;
using TransactionalMail.Benchmarks.Outbox.Databases;
using TransactionalMail.Benchmarks.Outbox.Queues;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.RabbitMq.Tests;

const int Callers = 64;

var settings = Settings.Read(args);
Console.WriteLine($"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
Console.WriteLine($"TransactionalMail {VersionOf<ITransactionalMailer>()}, Hangfire {VersionOf<JobStorage>()}; {Letters.ToBytes(Letters.Next()).Length:N0} bytes a mail, {settings.Rounds} rounds of {settings.Duration.TotalSeconds:0} s in turn.");
Console.WriteLine("Medians of mails a second; ratios are those of each round: median (least-most). Everybody commits each mail before its call returns, durably as printed below; Hangfire on SQLite sets its own connection.");

await using var server = new PostgreSqlCluster();
await using var broker = new Broker();
return await Interruption.RunAsync(MeasureAsync);

async Task MeasureAsync()
{
    await using (var shop = await SqliteShop.CreateAsync()) await RunAsync("sqlite", await shop.DescribeAsync(), async () => await SqliteShop.CreateAsync());

    if (settings.Wants("postgresql", "enqueue") || settings.Wants("postgresql", "drain"))
    {
        await server.StartAsync();
        await using var shop = await PostgreSqlShop.CreateAsync(server);
        await RunAsync("postgresql", await shop.DescribeAsync(), async () => await PostgreSqlShop.CreateAsync(server));
    }

    if (QueueRaces.AreWanted(settings)) await QueueRaces.RunAsync(broker, settings, Callers);
}

async Task RunAsync(string name, string description, Func<Task<ShopDatabase>> create)
{
    if (settings.Wants(name, "enqueue")) await EnqueueRace(description, create).RunAsync(settings.Rounds, settings.Duration);
    if (settings.Wants(name, "drain")) await DrainRace(description, create, settings.Mails).RunAsync(settings.Rounds, settings.Duration);
}

static Race EnqueueRace(string database, Func<Task<ShopDatabase>> create) => new(
    $"Enqueue, {Callers} callers at once. {database}",
    new("EnqueueAsync, validated and stored", true, With(create, static (shop, time) => OurOutbox.EnqueueAsync(shop, Callers, time, Letters.Next))),
    new("EnqueueAsync, text derived from HTML, too", true, With(create, static (shop, time) => OurOutbox.EnqueueAsync(shop, Callers, time, Letters.NextWithoutText))),
    new("IMailOutbox.AddAsync (storage alone)", true, With(create, static (shop, time) => OurOutbox.AddAsync(shop, Callers, time))),
    new("bare insert, one connection, in sequence", false, With(create, static (shop, time) => BareTable.InsertAsync(shop, 1, time))),
    new($"bare insert, {Callers} connections", false, With(create, static (shop, time) => BareTable.InsertAsync(shop, Callers, time))),
    new("bare inserts, a commit for all that wait", false, With(create, static (shop, time) => BareGroupCommit.InsertAsync(shop, Callers, time))),
    new($"SaveChanges, {Callers} callers", false, With(create, static (shop, time) => BareTable.SaveAsync(shop, Callers, time))),
    new($"Hangfire Enqueue, {Callers} callers", false, With(create, static (shop, time) => HangfireJobs.EnqueueAsync(shop, Callers, time))));

static Race DrainRace(string database, Func<Task<ShopDatabase>> create, int mails) => new(
    $"Drain. {database}",
    new("4 workers, transport answers at once", true, With(create, (shop, _) => OurOutbox.DrainAsync(shop, mails, 4, composes: false))),
    new("32 workers, transport answers at once", true, With(create, (shop, _) => OurOutbox.DrainAsync(shop, mails, 32, composes: false))),
    new("256 workers, transport answers at once", true, With(create, (shop, _) => OurOutbox.DrainAsync(shop, mails, 256, composes: false))),
    new("32 workers, transport composes MIME", true, With(create, (shop, _) => OurOutbox.DrainAsync(shop, mails, 32, composes: true))),
    new("one at a time, 1 worker", false, With(create, (shop, time) => BareTable.DrainAsync(shop, mails, 1, time))),
    new("one at a time, 4 workers", false, With(create, (shop, time) => BareTable.DrainAsync(shop, mails, 4, time))),
    new("Hangfire, 4 workers", false, With(create, static (shop, time) => HangfireJobs.DrainAsync(shop, 1_000, 4, time))),
    new("Hangfire, 32 workers", false, With(create, static (shop, time) => HangfireJobs.DrainAsync(shop, 1_000, 32, time))));

static Func<TimeSpan, Task<double>> With(Func<Task<ShopDatabase>> create, Func<ShopDatabase, TimeSpan, Task<double>> run) => async time =>
{
    await using var shop = await create();
    return await run(shop, time);
};

static string VersionOf<T>() => typeof(T).Assembly.GetName().Version!.ToString(3);
