using System.Diagnostics;
using Hangfire;
using TransactionalMail.Benchmarks.Outbox.Databases;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>Hangfire, with a job for each mail, whose content is the job's argument.</summary>
public sealed class HangfireJobs
{
    private static int s_sent;

    internal static async Task<double> EnqueueAsync(ShopDatabase database, int callers, TimeSpan duration)
    {
        var storage = database.CreateHangfire();
        using var end = storage as IDisposable;
        var jobs = new BackgroundJobClient(storage);
        return await Callers.RunAsync(callers, duration, () =>
        {
            Enqueue(jobs);
            return Task.CompletedTask;
        });
    }

    /// <summary>Lets a server work on what is enqueued until time is up. Its first look is part of the time, as ours is.</summary>
    internal static async Task<double> DrainAsync(ShopDatabase database, int mails, int workers, TimeSpan duration)
    {
        var storage = database.CreateHangfire();
        using var end = storage as IDisposable;
        var jobs = new BackgroundJobClient(storage);
        for (var left = mails; left > 0; left--) Enqueue(jobs);

        Volatile.Write(ref s_sent, 0);
        var clock = Stopwatch.StartNew();
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = workers, SchedulePollingInterval = TimeSpan.FromMinutes(1) }, storage);
        while (Volatile.Read(ref s_sent) < mails && clock.Elapsed < duration) await Task.Delay(2);
        var perSecond = Volatile.Read(ref s_sent) / clock.Elapsed.TotalSeconds;
        server.SendStop();
        return perSecond;
    }

    /// <summary>Sends at once, as our transport does.</summary>
    public static void Send(string from, string to, string subject, string text, string html)
    {
        ArgumentException.ThrowIfNullOrEmpty(from + to + subject + text + html);
        Interlocked.Increment(ref s_sent);
    }

    private static void Enqueue(BackgroundJobClient jobs)
    {
        var mail = Letters.Next();
        var (from, to, subject, text, html) = (mail.From!.Address, mail.To[0].Address, mail.Subject!, mail.TextBody!, mail.HtmlBody!);
        jobs.Enqueue(() => Send(from, to, subject, text, html));
    }
}
