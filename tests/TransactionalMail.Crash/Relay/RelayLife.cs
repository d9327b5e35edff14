using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Crash.Processes;
using TransactionalMail.Crash.Victim;
using TransactionalMail.Outbox;

namespace TransactionalMail.Crash.Relay;

/// <summary>One life of an application that enqueues and relays and has its workers elsewhere. The first one goes on until it dies, the second clears up what it left.</summary>
internal static class RelayLife
{
    public const int Lived = 0;
    public const int DidNotFire = 3;
    public const int DidNotDrain = 4;

    /// <summary>How many callers enqueue at once, so that the relay has several mails in hand.</summary>
    private const int Callers = 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    public static async Task<int> RunAsync(RelayOrder order)
    {
        var past = Journal.Read(order.JournalPath);
        using var journal = new Journal(order.JournalPath);
        var trap = new Trap(journal);
        var database = new Database(order.Kind, order.ConnectionString);
        await database.MigrateAsync();
        using var host = CreateHost(order, database, trap, journal);
        await host.StartAsync();
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        using var limit = new CancellationTokenSource(s_patience);
        if (order.Hit is not null)
        {
            // Each time at another batch, so that something was carried before.
            trap.Arm(order.Batch, order.Hit, passes: order.Batch % 3);
            for (var i = 0; !limit.IsCancellationRequested; i += Callers) await EnqueueAsync(mailer, journal, Enumerable.Range(i, Callers).Select(index => new Letter(order.Batch, index)));
            return DidNotFire;
        }

        // Those who got no answer ask again.
        await EnqueueAsync(mailer, journal, past.Where(static l => l.Kind is JournalLine.Tried).Select(static l => new Letter(l.Batch, l.Index)));
        var kept = (IOutboxAdmin)host.Services.GetRequiredService<IMailOutbox>();
        while ((await kept.GetDepthsAsync(CancellationToken.None)).Any(static d => d.Waiting + d.InDelivery + d.DeadLetters > 0))
        {
            if (limit.IsCancellationRequested) return DidNotDrain;
            await Task.Delay(50, CancellationToken.None);
        }

        journal.Drained(order.Batch);
        await host.StopAsync();
        return Lived;
    }

    private static IHost CreateHost(RelayOrder order, Database database, Trap trap, Journal journal)
    {
        var builder = Application.Create(1, static _ => new ListingProvider(TextWriter.Null), options => database.UseWatched(options, trap), static options => options.Outbox.EnqueueOnly = true);

        // What the relay removes, the broker has confirmed.
        builder.Services.Decorate<IMailOutbox>(outbox => new WatchedOutbox(outbox, trap, journal, entry => journal.Carried(Letter.Of(entry.Message), entry.Id)));
        builder.Services.AddTransactionalMail().UseRabbitMqWorkers(order.Queues.Configure);
        return builder.Build();
    }

    private static Task EnqueueAsync(ITransactionalMailer mailer, Journal journal, IEnumerable<Letter> letters) =>
        Task.WhenAll(letters.Select(letter => Task.Run(async () =>
        {
            journal.Tried(letter);
            journal.Acknowledged(letter, await mailer.EnqueueAsync(letter.Write()));
        })));
}
