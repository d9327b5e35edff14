using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Outbox;
using TransactionalMail.Soak;

namespace TransactionalMail.Crash.Outage;

/// <summary>Queues mail in one outbox while the provider is down for an hour, and watches what happens then and after.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="clock">The clock of the process, which is moved by hand.</param>
/// <param name="mails">How many mails.</param>
internal sealed class OutageTrial(OutageOutbox outbox, FakeTimeProvider clock, int mails)
{
    public const int Workers = 20;

    /// <summary>How many callers enqueue at once.</summary>
    private const int Callers = 128;

    public static readonly TimeSpan Outage = TimeSpan.FromHours(1);

    /// <summary>What a mail takes, once the provider is back.</summary>
    private static readonly TimeSpan s_takes = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing must have happened for the library to be at rest. Where it is too short, time passes while a thread waits for its turn, and the queue seems slow.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMicroseconds(500);

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    /// <summary>So many mails a second do the workers get through; a herd would be more.</summary>
    public static readonly int Pace = (int)(Workers * s_second / s_takes);

    public async Task<OutageResult> RunAsync()
    {
        var real = Stopwatch.StartNew();
        await outbox.PrepareAsync();
        await outbox.SetClockAsync(clock.GetUtcNow());
        var provider = new OutageProvider(clock, clock.GetUtcNow() + Outage, s_takes);
        using var host = Build(provider);
        await host.StartAsync();
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        var admin = host.Services.GetRequiredService<IOutboxAdmin>();
        var idle = Memory.CollectedHeap();
        using var peak = new PeakMemory();

        await EnqueueAsync(mailer);
        await PassAsync(TimeSpan.FromMinutes(1), s_second);
        var queued = Memory.CollectedHeap() - idle;
        await PassAsync(Outage - TimeSpan.FromMinutes(1), s_second);
        var later = Memory.CollectedHeap() - idle;
        var waiting = await CountAsync(admin);
        var age = clock.GetUtcNow() - (await admin.GetDepthsAsync()).Min(static d => d.OldestDueAt);

        // Nobody tells the library: it finds out with its next probe.
        var recovered = clock.GetUtcNow();
        while (provider.MostInHand == 0 && clock.GetUtcNow() - recovered < Outage) await PassAsync(s_second, s_second);
        while (await CountAsync(admin) > 0 && real.Elapsed < s_patience) await PassAsync(s_second * 5, s_takes);
        var drained = clock.GetUtcNow() - recovered;
        var dead = (await admin.GetDepthsAsync()).Sum(static d => d.DeadLetters);
        await host.StopAsync();

        return new OutageResult
        {
            Outbox = outbox.Name,
            Mails = mails,
            Waiting = waiting,
            Age = age ?? TimeSpan.Zero,
            Sent = provider.Sent,
            Twice = provider.Twice,
            DeadLetters = dead,
            Drained = drained,
            Queued = queued,
            Later = later,
            MostHeap = outbox.MostHeap(mails),
            PeakHeap = peak.ManagedHeap,
            PeakWorkingSet = peak.WorkingSet,
            AttemptsWhileDown = provider.AttemptsWhileDown,
            WorstSecondDown = provider.MostInASecond(whileDown: true),
            WorstSecondUp = provider.MostInASecond(whileDown: false),
            MostInHand = provider.MostInHand,
            Took = real.Elapsed,
        };
    }

    private IHost Build(OutageProvider provider)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(clock);
        var mail = builder.Services.AddTransactionalMail(options =>
            {
                options.From = "Outage <no-reply@crash.example>";
                options.Outbox.Capacity = mails;
            })
            .AddTransport("provider", _ => provider)
            .AddStream("default", static stream => stream.Queue.Workers = Workers);
        outbox.Register(builder.Services, mail);
        return builder.Build();
    }

    private Task EnqueueAsync(ITransactionalMailer mailer) =>
        Parallel.ForAsync(0, mails, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancellationToken) => await mailer.EnqueueAsync(
            new EmailMessage { To = ["reader@crash.example"], Subject = string.Create(CultureInfo.InvariantCulture, $"Order {i}"), TextBody = new string('.', 500) }, cancellationToken));

    private static async Task<int> CountAsync(IOutboxAdmin admin) => (await admin.GetDepthsAsync()).Sum(static d => d.Waiting + d.InDelivery);

    /// <summary>Lets time pass step by step; between the steps the library does all that it has to do.</summary>
    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Settle();
            await outbox.SetClockAsync(clock.GetUtcNow() + step);
            clock.Advance(step);
        }

        Settle();
    }

    /// <summary>Waits until the library is at rest: for a moment nothing ran, nothing waited to run, and nothing was asked of the outbox. It sleeps too briefly for timers.</summary>
    private void Settle()
    {
        var (since, done) = (Stopwatch.GetTimestamp(), ThreadPool.CompletedWorkItemCount);
        while (Stopwatch.GetElapsedTime(since) < s_quiet)
        {
            Thread.Yield();
            var now = ThreadPool.CompletedWorkItemCount;
            if (now == done && ThreadPool.PendingWorkItemCount == 0 && outbox.IsIdle) continue;
            (since, done) = (Stopwatch.GetTimestamp(), now);
        }
    }
}
