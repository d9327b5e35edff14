using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Outbox;
using TransactionalMail.Soak.Relay;

namespace TransactionalMail.Soak;

/// <summary>Sends mails through faults by <see cref="ITransactionalMailer.EnqueueAsync"/>, and judges what arrived.</summary>
internal sealed class SoakRun
{
    private const int Senders = 4;

    /// <summary>When which relay goes down, by how many of a hundred mails are enqueued, and for how long: long enough for circuits to open.</summary>
    private static readonly (int Percent, int Relay)[] s_outages = [(10, 0), (40, 0), (45, 1), (70, 0), (70, 1)];
    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may move at the end before the wait is over.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly SoakArguments _arguments;
    private readonly FaultPlan _plan;
    private readonly MailId[] _ids;
    private readonly HashSet<MailId> _deadLetters;
    private readonly IServiceProvider _services;
    private readonly RelayProcess _relays;
    private readonly List<Task> _outages = [];
    private int _enqueued;
    private int _deepest;

    private SoakRun(SoakArguments arguments, IServiceProvider services, RelayProcess relays)
    {
        (_arguments, _services, _relays) = (arguments, services, relays);
        _plan = new FaultPlan(arguments);
        _ids = new MailId[arguments.WarmUp + arguments.Messages];
        _deadLetters = new HashSet<MailId>(Application.Capacity);
    }

    /// <summary>Runs, writes the figures, and returns whether every claim held.</summary>
    public static async Task<bool> RunAsync(SoakArguments arguments, TextWriter output, CancellationToken cancellationToken)
    {
        await using var relays = await RelayProcess.StartAsync(arguments);
        using var host = Application.Build(relays.Ports, static mail =>
        {
            mail.Services.AddSingleton<AcceptedCounter>();
            mail.AddEventHandler<AcceptedCounter>();
        });
        await host.StartAsync(cancellationToken);
        var figures = await new SoakRun(arguments, host.Services, relays).RunAsync(cancellationToken);
        await host.StopAsync(cancellationToken);
        await figures.WriteAsync(output);
        return figures.Hold;
    }

    private async Task<SoakFigures> RunAsync(CancellationToken cancellationToken)
    {
        await SendAsync(0, _arguments.WarmUp, cancellationToken);
        await DrainAsync(cancellationToken);

        var clock = Stopwatch.StartNew();
        var fifth = _arguments.WarmUp + (_arguments.Messages / 5);
        await SendAsync(_arguments.WarmUp, fifth, cancellationToken);
        await DrainAsync(cancellationToken);
        var heapAtFifth = Memory.CollectedHeap();

        await SendAsync(fifth, _ids.Length, cancellationToken);
        await DrainAsync(cancellationToken);
        clock.Stop();
        var heapAtEnd = Memory.CollectedHeap();

        var report = await _relays.ReportAsync();
        return new SoakFigures
        {
            Arguments = _arguments,
            Elapsed = clock.Elapsed,
            Deepest = _deepest,
            Verdict = Verdict.Of(_ids, _plan, report.Tallies, _deadLetters),
            DeadLetters = _deadLetters.Count,
            UntoldRecipients = ExpectedAccepted(_ids.Length) - _services.GetRequiredService<AcceptedCounter>().Count,
            Report = report,
            HeapAtFifth = heapAtFifth,
            HeapAtEnd = heapAtEnd,
            PeakWorkingSet = Memory.PeakWorkingSet,
        };
    }

    private async Task SendAsync(int from, int to, CancellationToken cancellationToken)
    {
        var mailer = _services.GetRequiredService<ITransactionalMailer>();
        await Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellationToken }, async (index, token) =>
        {
            _ids[index] = await mailer.EnqueueAsync(Letter.Write(index), token);
            var judged = Interlocked.Increment(ref _enqueued) - _arguments.WarmUp;
            foreach (var (percent, relay) in s_outages)
            {
                if (judged != (long)_arguments.Messages * percent / 100) continue;
                lock (_outages) _outages.Add(_relays.TakeDownAsync(relay, s_outage));
            }
        });
    }

    /// <summary>Waits until the outbox is empty and every event was handled; then clears the dead letters away, as an operator would.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_outages);
        var admin = _services.GetRequiredService<IOutboxAdmin>();
        await EmptyAsync(admin, cancellationToken);
        await foreach (var dead in admin.ReadDeadLettersAsync(cancellationToken))
        {
            _deadLetters.Add(dead.Id);
            await admin.CancelAsync(dead.Id, cancellationToken);
        }

        var counter = _services.GetRequiredService<AcceptedCounter>();
        var patience = Stopwatch.StartNew();
        while (counter.Count < ExpectedAccepted(_enqueued) && patience.Elapsed < s_patience) await Task.Delay(50, cancellationToken);
    }

    /// <summary>Waits until no mail waits, or until nothing has moved for so long that the rest is lost.</summary>
    private async Task EmptyAsync(IOutboxAdmin admin, CancellationToken cancellationToken)
    {
        var (last, still) = (0, Stopwatch.StartNew());
        while ((await admin.GetDepthsAsync(cancellationToken)).Sum(static d => d.Waiting + d.InDelivery) is > 0 and var depth && still.Elapsed < s_patience)
        {
            if (depth != last) still.Restart();
            (last, _deepest) = (depth, Math.Max(_deepest, depth));
            await Task.Delay(50, cancellationToken);
        }
    }

    private int ExpectedAccepted(int mails) => Enumerable.Range(0, mails).Sum(index => _plan.Of(index) switch
    {
        { KillsMail: true } => 0,
        { IsPermanent: true } => 1,
        _ => 2,
    });
}
