using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Outbox;
using TransactionalMail.Soak;

namespace TransactionalMail.Crash.Outage;

/// <summary>Queues mail in memory while the provider is down for an hour of a clock that is moved by hand, and watches what happens then and after.</summary>
internal sealed class OutageRun(int mails, TextWriter output)
{
    private const int Workers = 20;

    /// <summary>How much of memory a mail that waits may take, the mail itself (about 700 bytes) included.</summary>
    private const double MostBytesEach = 8 * 1024;

    /// <summary>How much the heap may grow while nothing comes in and nothing goes out.</summary>
    private const double MostGrowth = 0.05;

    private static readonly TimeSpan s_outage = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_takes = TimeSpan.FromMilliseconds(100);

    /// <summary>So many mails a second do the workers get through; a herd would be more.</summary>
    private static readonly int s_pace = (int)(Workers * TimeSpan.FromSeconds(1) / s_takes);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero));

    public async Task<bool> RunAsync()
    {
        var real = Stopwatch.StartNew();
        var provider = new OutageProvider(_clock, _clock.GetUtcNow() + s_outage, s_takes);
        using var host = Build(provider);
        await host.StartAsync();
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        var admin = host.Services.GetRequiredService<IOutboxAdmin>();
        var idle = Memory.CollectedHeap();

        for (var i = 0; i < mails; i++)
        {
            await mailer.EnqueueAsync(new EmailMessage { To = ["reader@crash.example"], Subject = string.Create(CultureInfo.InvariantCulture, $"Order {i}"), TextBody = new string('.', 500) });
        }

        await PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        var queued = Memory.CollectedHeap() - idle;
        await PassAsync(s_outage - TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        var later = Memory.CollectedHeap() - idle;
        var waiting = await CountAsync(admin);

        var recovered = _clock.GetUtcNow();
        while (await CountAsync(admin) > 0 && real.Elapsed < TimeSpan.FromMinutes(10)) await PassAsync(s_takes * 10, s_takes);
        var took = _clock.GetUtcNow() - recovered;
        var empty = Memory.CollectedHeap() - idle;
        var dead = (await admin.GetDepthsAsync()).Sum(static d => d.DeadLetters);
        await host.StopAsync();

        var growth = (later - queued) / (double)queued;
        var holds = waiting == mails && provider.Sent == mails && provider.Twice == 0 && dead == 0
            && queued / (double)mails <= MostBytesEach && growth <= MostGrowth
            && provider.AttemptsWhileDown <= 200 && provider.MostInASecond(whileDown: true) <= Workers + 1
            && provider.MostInHand <= Workers && provider.MostInASecond(whileDown: false) <= s_pace + Workers;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            mails               {mails:N0} in memory, {Workers} workers, provider down for {s_outage.TotalMinutes:N0} simulated minutes; {real.Elapsed.TotalSeconds:N0} s
            waiting at its end  {waiting:N0}, then delivered {provider.Sent:N0} in {took.TotalSeconds:N0} simulated seconds, twice {provider.Twice}, dead letters {dead}
            heap of the queue   {queued / Memory.Megabyte:N1} MB, {queued / (double)mails:N0} bytes a mail (at most {MostBytesEach:N0}); at the end of the hour {later / Memory.Megabyte:N1} MB ({growth:+0.0 %;-0.0 %}, at most +{MostGrowth:0 %}); delivered {empty / Memory.Megabyte:N1} MB
            attempts while down {provider.AttemptsWhileDown} (at most 200), {provider.MostInASecond(whileDown: true)} in the worst second (at most {Workers + 1})
            after that          {provider.MostInHand} at once (at most {Workers}), {provider.MostInASecond(whileDown: false)} in the worst second (at most {s_pace + Workers}: what the workers get through, and a start)
            {(holds ? "Every claim holds." : "A claim fails.")}
            """));
        return holds;
    }

    private IHost Build(OutageProvider provider)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddTransactionalMail(options =>
            {
                options.From = "Outage <no-reply@crash.example>";
                options.Outbox.Capacity = mails;
            })
            .AddTransport("provider", _ => provider)
            .AddStream("default", static stream => stream.Queue.Workers = Workers);
        return builder.Build();
    }

    private static async Task<int> CountAsync(IOutboxAdmin admin) => (await admin.GetDepthsAsync()).Sum(static d => d.Waiting + d.InDelivery);

    /// <summary>Lets time pass step by step; between the steps the library does all that it has to do.</summary>
    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            for (var wait = 0; wait < 3 || (wait < 200 && ThreadPool.PendingWorkItemCount > 0); wait++) await Task.Delay(1);
            _clock.Advance(step);
        }
    }
}
