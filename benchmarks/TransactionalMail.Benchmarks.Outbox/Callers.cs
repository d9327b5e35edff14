using System.Diagnostics;

namespace TransactionalMail.Benchmarks.Outbox;

/// <summary>Callers who do one thing again and again, beside each other, until time is up.</summary>
internal static class Callers
{
    /// <summary>Returns how often the thing was done in a second.</summary>
    /// <param name="count">How many callers there are. Each begins on a thread of its own, so that drivers that block hold nobody else up.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="begin">Makes what one caller does; it returns whether there is more to do.</param>
    public static async Task<double> RunAsync(int count, TimeSpan duration, Func<Task<Func<Task<bool>>>> begin)
    {
        var acts = new Func<Task<bool>>[count];
        for (var i = 0; i < count; i++) acts[i] = await begin();

        var done = 0L;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(acts.Select(act => Task.Factory.StartNew(
            async () =>
            {
                while (clock.Elapsed < duration && await act()) Interlocked.Increment(ref done);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
        return done / clock.Elapsed.TotalSeconds;
    }

    public static Task<double> RunAsync(int count, TimeSpan duration, Func<Task> act) =>
        RunAsync(count, duration, () => Task.FromResult<Func<Task<bool>>>(async () =>
        {
            await act();
            return true;
        }));
}
