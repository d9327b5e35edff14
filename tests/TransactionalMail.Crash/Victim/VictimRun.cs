using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Crash.Points;
using TransactionalMail.Outbox;

namespace TransactionalMail.Crash.Victim;

/// <summary>One life of the application: it clears up what the last one left, goes on enqueuing, and dies where it was told to.</summary>
internal sealed class VictimRun : IDisposable
{
    public const int Lived = 0;
    public const int DidNotFire = 3;
    public const int DidNotDrain = 4;

    /// <summary>How many callers enqueue at once where they do, and how many mails make a lane lease ahead.</summary>
    private const int Callers = 40;

    /// <summary>How many mails a life without end enqueues, to show that everything still works.</summary>
    private const int Proof = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly VictimOrder _order;
    private readonly Database _database;
    private readonly Journal _journal;
    private readonly Trap _trap;
    private readonly IReadOnlyList<JournalLine> _past;
    private readonly Scenario _scenario;

    private VictimRun(VictimOrder order)
    {
        _order = order;
        _past = Journal.Read(order.JournalPath);
        _database = new Database(order.Kind, order.ConnectionString);
        _journal = new Journal(order.JournalPath);
        _trap = new Trap(_journal);
        _scenario = order.Point?.Scenario ?? Scenario.Flow;
    }

    public static async Task<int> RunAsync(VictimOrder order)
    {
        using var run = new VictimRun(order);
        return await run.RunAsync();
    }

    public void Dispose() => _journal.Dispose();

    private async Task<int> RunAsync()
    {
        if (_scenario is Scenario.Migration) Arm(passes: 0);
        var migration = new WatchedMigration(_trap);
        await _database.MigrateAsync(migration, new WatchedMigrationCommit(migration, _trap));

        Provider? provider = null;
        var builder = Application.Create(
            workers: 1,
            s => provider = new Provider(_journal, _trap, _scenario, _order.Batch, s.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping),
            options => _database.UseWatched(options, _trap));
        Watch(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        var admin = host.Services.GetRequiredService<IOutboxAdmin>();

        if (!await ClearUpAsync(mailer, admin)) return DidNotDrain;
        if (_order.Point is null)
        {
            for (var i = 0; i < Proof; i++) await EnqueueAsync(mailer, new Letter(_order.Batch, i));
            if (!await DrainAsync(admin)) return DidNotDrain;
            await host.StopAsync();
            return Lived;
        }

        using var limit = new CancellationTokenSource(s_patience);
        await ActAsync(host, mailer, provider!, limit.Token);
        return DidNotFire;
    }

    private void Watch(IServiceCollection services)
    {
        services.AddSingleton(_trap);
        services.Decorate<IMailOutbox>(outbox => new WatchedOutbox(outbox, _trap, _journal));
        services.Decorate<ISuppressionList>(list => new WatchedSuppressionList(list, _trap));
        services.Decorate<IMailAudit>(audit => new WatchedAudit(audit, _trap));
        services.AddTransactionalMail().AddInterceptor<WatchedPreparation>().AddEventHandler<WatchedEvents>();
        if (_scenario is Scenario.Purge) services.AddSingleton<TimeProvider>(new HastyClock());
    }

    /// <summary>Does what an application does after a crash: those who got no answer ask again, people retry dead letters, and the rest is the library's.</summary>
    private async Task<bool> ClearUpAsync(ITransactionalMailer mailer, IOutboxAdmin admin)
    {
        var drained = _past.Where(static l => l.Kind is JournalLine.Drained).Select(static l => l.Batch).DefaultIfEmpty(-1).Max();
        foreach (var tried in _past.Where(l => l.Kind is JournalLine.Tried && l.Batch > drained)) await EnqueueAsync(mailer, new Letter(tried.Batch, tried.Index));
        await foreach (var dead in admin.ReadDeadLettersAsync()) await admin.RetryAsync(dead.Id);
        if (!await DrainAsync(admin)) return false;
        if (_order.Batch > 0) _journal.Drained(_order.Batch - 1);
        return true;
    }

    private static async Task<bool> DrainAsync(IOutboxAdmin admin)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while ((await admin.GetDepthsAsync(CancellationToken.None)).Any(static d => d.Waiting + d.InDelivery + d.DeadLetters > 0))
        {
            if (limit.IsCancellationRequested) return false;
            await Task.Delay(20, CancellationToken.None);
        }

        return true;
    }

    private async Task ActAsync(IHost host, ITransactionalMailer mailer, Provider provider, CancellationToken cancellationToken)
    {
        if (_scenario is Scenario.Purge)
        {
            // The purge never rests: the trap must be there before there is something to forget.
            for (var i = 0; i < Proof; i++) await EnqueueAsync(mailer, new Letter(_order.Batch, i));
            Arm(passes: 0);
            await _database.AddExpiredKeysAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (_scenario is Scenario.Stop)
        {
            await EnqueueAtOnceAsync(mailer, first: 0);
            await provider.IsBusy.WaitAsync(cancellationToken);
            Arm(passes: 0);
            await host.StopAsync(CancellationToken.None);
            return;
        }

        // Each time at another mail, so that something was acknowledged and something sent before.
        Arm(passes: _scenario is Scenario.Flow or Scenario.Group ? _order.Batch % 3 : 0);
        for (var i = 0; !cancellationToken.IsCancellationRequested; i += _scenario is Scenario.Group ? Callers : 1)
        {
            if (_scenario is Scenario.Group) await EnqueueAtOnceAsync(mailer, i);
            else if (i < Callers) await EnqueueAsync(mailer, new Letter(_order.Batch, i));
            else await Task.Delay(20, CancellationToken.None);
        }
    }

    private Task EnqueueAtOnceAsync(ITransactionalMailer mailer, int first) =>
        Task.WhenAll(Enumerable.Range(first, Callers).Select(i => Task.Run(() => EnqueueAsync(mailer, new Letter(_order.Batch, i)))));

    private async Task EnqueueAsync(ITransactionalMailer mailer, Letter letter)
    {
        _journal.Tried(letter);
        var id = await mailer.EnqueueAsync(letter.Write());
        _trap.Reach("enqueued");
        _journal.Acknowledged(letter, id);
        _trap.Reach("acknowledged");
    }

    private void Arm(int passes) => _trap.Arm(_order.Batch, _order.Point!.Hit, passes);
}
