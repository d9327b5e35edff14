using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TransactionalMail.Crash.Points;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.Crash.Judging;

/// <summary>Kills the application at every point, on both databases, and prints what came of it; of what was done until then where it alone is told to end, by SIGTERM.</summary>
internal sealed class CrashRun(CrashArguments arguments, PostgreSqlCluster cluster, string folder)
{
    private readonly ConcurrentDictionary<(CrashPoint Point, DatabaseKind Kind), Verdict> _verdicts = [];

    /// <summary>Runs, prints the table, and returns whether every claim held.</summary>
    public static async Task<bool> RunAsync(CrashArguments arguments, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("transactionalmail-crash-");
        await using var cluster = new PostgreSqlCluster();
        try
        {
            if (arguments.Kinds.Contains(DatabaseKind.PostgreSql)) await cluster.StartAsync();
            return await new CrashRun(arguments, cluster, folder.FullName).RunAsync(output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<bool> RunAsync(TextWriter output)
    {
        output = TextWriter.Synchronized(output);
        using var ending = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true; // the runtime would end the process at once
            ending.Cancel();
        });
        var clock = Stopwatch.StartNew();
        var points = CrashPoint.All.Where(p => arguments.Points is null || p.Name.Contains(arguments.Points, StringComparison.OrdinalIgnoreCase)).ToArray();
        var tracks = arguments.Kinds.SelectMany(kind => TracksOf(points).Select(track => (Kind: kind, Points: track)));
        await Parallel.ForEachAsync(tracks.TakeWhile(_ => !ending.IsCancellationRequested), new ParallelOptions { MaxDegreeOfParallelism = arguments.Parallel }, async (track, _) =>
        {
            var verdicts = await RunAsync(track.Kind, track.Points, ending.Token);
            foreach (var (point, verdict) in track.Points.Zip(verdicts)) _verdicts.AddOrUpdate((point, track.Kind), verdict, (_, known) => known + verdict);
            if (track.Points.Count > 1) await output.WriteLineAsync($"{clock.Elapsed.TotalSeconds,6:0} s: {Describe(_verdicts.Values)}"); // those of one kill would fill the screen
        });

        await WriteAsync(output, points, clock.Elapsed);
        if (ending.IsCancellationRequested) await output.WriteLineAsync("It was ended before it was through.");
        return !ending.IsCancellationRequested && points.Length > 0 && _verdicts.Values.All(static v => v.Holds);
    }

    /// <summary>Returns what is done to each database. A database is migrated once, so that each kill there has a database of its own; the others follow each other.</summary>
    private IEnumerable<IReadOnlyList<CrashPoint>> TracksOf(CrashPoint[] points)
    {
        var kills = Enumerable.Range(0, arguments.Repetitions).SelectMany(_ => points).ToLookup(static p => p.Scenario is Scenario.Migration);
        CrashPoint[] others = [.. kills[false]];
        foreach (var point in kills[true]) yield return [point];
        var share = (others.Length + arguments.Parallel - 1) / arguments.Parallel;
        foreach (var some in others.Chunk(Math.Clamp(share, 1, points.Length))) yield return some;
    }

    private async Task<IReadOnlyList<Verdict>> RunAsync(DatabaseKind kind, IReadOnlyList<CrashPoint> points, CancellationToken ending)
    {
        await using var database = await TrackDatabase.CreateAsync(kind, cluster, folder);
        return await Track.RunAsync(database, points, ending);
    }

    private static string Explain(Worker worker) => worker switch
    {
        Worker.HasSent => " (handed over, not marked)",
        Worker.IsAnywhere => " (the worker is anywhere)",
        _ => "",
    };

    private static string Describe(IEnumerable<Verdict> verdicts)
    {
        var all = verdicts.Aggregate(new Verdict(), static (one, other) => one + other);
        return string.Create(CultureInfo.InvariantCulture, $"{all.Kills:N0} kills, {all.Fired:N0} fired, {all.Acknowledged:N0} mails acknowledged, {all.Lost} lost, {all.Duplicated} duplicated, {all.Faults.Count} faults");
    }

    private async Task WriteAsync(TextWriter output, CrashPoint[] points, TimeSpan elapsed)
    {
        await output.WriteLineAsync($"{"point",-42} {"database",-10} {"kills",6} {"fired",6} {"acknowledged",13} {"lost",5} {"duplicated",11}");
        foreach (var point in points)
        {
            foreach (var kind in arguments.Kinds)
            {
                var v = _verdicts.GetValueOrDefault((point, kind), new Verdict());
                await output.WriteLineAsync($"{point.Name,-42} {kind,-10} {v.Kills,6} {v.Fired,6} {v.Acknowledged,13} {v.Lost,5} {v.Duplicated,11}{Explain(point.Worker)}");
                foreach (var fault in v.Faults) await output.WriteLineAsync($"    {fault}");
            }
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {points.Length} points in {elapsed.TotalSeconds:N0} s: {Describe(_verdicts.Values)}
            {(_verdicts.Values.All(static v => v.Holds) ? "Every claim holds." : "A claim fails.")}
            """));
    }
}
