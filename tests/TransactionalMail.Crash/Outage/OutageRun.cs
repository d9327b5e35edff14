using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Soak;

namespace TransactionalMail.Crash.Outage;

/// <summary>Lets mail pile up in each outbox while the provider is down for an hour of a clock that is moved by hand, and prints what came of it.</summary>
internal static class OutageRun
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    public static async Task<bool> RunAsync(int mails, IReadOnlyList<DatabaseKind> kinds, TextWriter output)
    {
        // Whoever waits until the library is at rest keeps a thread, and so does each call of SQLite's.
        ThreadPool.SetMinThreads(16, 16);
        var folder = Directory.CreateTempSubdirectory("transactionalmail-outage-");
        await using var cluster = new PostgreSqlCluster();
        try
        {
            // In memory last: the largest working set is that of the process so far.
            List<OutageResult> results = [];
            foreach (var kind in kinds)
            {
                if (kind is DatabaseKind.PostgreSql) await cluster.StartAsync();
                results.Add(await TryAsync(mails, clock => kind is DatabaseKind.PostgreSql
                    ? new PostgreSqlOutbox(cluster.ConnectionStringOf("postgres"))
                    : new SqliteOutbox(Path.Combine(folder.FullName, "shop.db"), clock)));
            }

            results.Add(await TryAsync(mails, static _ => new MemoryOutbox()));
            await WriteAsync(results, output);
            return results.All(static r => r.Holds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<OutageResult> TryAsync(int mails, Func<TimeProvider, OutageOutbox> create)
    {
        var clock = new FakeTimeProvider(s_start);
        await using var outbox = create(clock);
        return await new OutageTrial(outbox, clock, mails).RunAsync();
    }

    private static async Task WriteAsync(List<OutageResult> results, TextWriter output)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            The provider is down for {OutageTrial.Outage.TotalMinutes:N0} minutes of a clock that is moved by hand: that of the process, and with it what the database takes for its own
            (julianday of SQLite and clock_timestamp of PostgreSQL are functions of the harness). Every delay has its full length, and no row is moved.
            {"outbox",-10} {"mails",8} {"waiting",8} {"oldest",7} {"sent",8} {"twice",5} {"dead",5} {"took",7} {"heap queued",12} {"each",8} {"in the end",11} {"peak heap",10} {"peak set",9} {"attempts down",14} {"a second",9} {"at once",8} {"a second",9} {"real",7}
            """));
        foreach (var r in results)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{r.Outbox,-10} {r.Mails,8:N0} {r.Waiting,8:N0} {r.Age.TotalSeconds,5:N0} s {r.Sent,8:N0} {r.Twice,5} {r.DeadLetters,5} {r.Drained.TotalSeconds,5:N0} s {Megabytes(r.Queued),12} {r.Queued / (double)r.Mails,6:N0} B {Megabytes(r.Later),11} {Megabytes(r.PeakHeap),10} {Megabytes(r.PeakWorkingSet),9} {r.AttemptsWhileDown,14} {r.WorstSecondDown,9} {r.MostInHand,8} {r.WorstSecondUp,9} {r.Took.TotalSeconds,5:N0} s"));
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {"at most",-10} {"",8} {"",8} {"",7} {"",8} {0,5} {0,5} {"",7} {string.Join(", ", results.Select(static r => Megabytes(r.MostHeap)).Distinct()),21} {"",11} {"",10} {"",9} {OutageResult.MostAttempts,14} {OutageTrial.Workers + 1,9} {OutageTrial.Workers,8} {OutageTrial.Pace + OutageTrial.Workers,9}
            {(results.All(static r => r.Holds) ? "Every claim holds." : $"A claim fails: {string.Join(", ", results.Where(static r => !r.Holds).Select(static r => r.Outbox))}.")}
            """));
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Memory.Megabyte:N1} MB");
}
