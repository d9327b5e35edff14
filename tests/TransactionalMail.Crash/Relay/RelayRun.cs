using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using TransactionalMail.Crash.Judging;
using TransactionalMail.Crash.Points;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.RabbitMq.Tests;

namespace TransactionalMail.Crash.Relay;

/// <summary>Kills the application that carries mail to RabbitMQ at every point, on both databases and with both kinds of receivers, and prints what came of it.</summary>
internal sealed class RelayRun(CrashArguments arguments, PostgreSqlCluster cluster, Broker broker, string folder)
{
    private readonly ConcurrentDictionary<(CrashPoint Point, DatabaseKind Kind, Receiver Receiver), RelayVerdict> _verdicts = [];
    private readonly CrashPoint[] _points = [.. RelayPoints.All.Where(p => arguments.Points is null || p.Name.Contains(arguments.Points, StringComparison.OrdinalIgnoreCase))];

    /// <summary>Runs, prints the table, and returns whether every claim held.</summary>
    public static async Task<bool> RunAsync(CrashArguments arguments, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("transactionalmail-relay-");
        await using var cluster = new PostgreSqlCluster();
        await using var broker = new Broker();
        try
        {
            if (arguments.Kinds.Contains(DatabaseKind.PostgreSql)) await cluster.StartAsync();
            await broker.StartAsync(CancellationToken.None);
            return await new RelayRun(arguments, cluster, broker, folder.FullName).RunAsync(output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<bool> RunAsync(TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        var kills = Enumerable.Range(0, arguments.Repetitions).SelectMany(_ => Enum.GetValues<Receiver>()).SelectMany(receiver => _points.Select(point => (Point: point, Receiver: receiver))).ToArray();
        var perTrack = Math.Max(1, (kills.Length * arguments.Kinds.Count + arguments.Parallel - 1) / arguments.Parallel);
        var tracks = arguments.Kinds.SelectMany(kind => kills.Chunk(perTrack).Select(some => (Kind: kind, Kills: some)));
        await Parallel.ForEachAsync(tracks, new ParallelOptions { MaxDegreeOfParallelism = arguments.Parallel }, async (track, _) => await RunAsync(track.Kind, track.Kills));

        await WriteAsync(output, clock.Elapsed);
        return _points.Length > 0 && _verdicts.Values.All(static v => v.Verdict.Holds);
    }

    private async Task RunAsync(DatabaseKind kind, (CrashPoint Point, Receiver Receiver)[] kills)
    {
        await using var database = await TrackDatabase.CreateAsync(kind, cluster, folder);
        var track = new RelayTrack(database, new RelayQueues(broker.Uri, $"crash.{Guid.NewGuid():N}"));
        for (var batch = 0; batch < kills.Length; batch++)
        {
            var (point, receiver) = kills[batch];
            var verdict = await track.RunAsync(point, receiver, batch);
            _verdicts.AddOrUpdate((point, kind, receiver), verdict, (_, known) => known + verdict);
        }
    }

    private async Task WriteAsync(TextWriter output, TimeSpan elapsed)
    {
        await output.WriteLineAsync($"{"point",-40} {"database",-10} {"receiver",-8} {"kills",6} {"fired",6} {"acknowledged",13} {"lost",5} {"carried twice",14} {"sent twice",11}");
        foreach (var (point, kind, receiver) in _points.SelectMany(p => arguments.Kinds.SelectMany(k => Enum.GetValues<Receiver>().Select(r => (p, k, r)))))
        {
            var (v, carriedTwice) = _verdicts[(point, kind, receiver)];
            await output.WriteLineAsync($"{point.Name,-40} {kind,-10} {receiver,-8} {v.Kills,6} {v.Fired,6} {v.Acknowledged,13} {v.Lost,5} {carriedTwice,14} {v.Duplicated,11}");
            foreach (var fault in v.Faults) await output.WriteLineAsync($"    {fault}");
        }

        var (all, twice) = _verdicts.Values.Aggregate(static (one, other) => one + other);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {_points.Length} points, {all.Kills:N0} kills in {elapsed.TotalSeconds:N0} s: {all.Fired:N0} fired, {all.Acknowledged:N0} mails acknowledged, {all.Lost} lost, {twice} carried twice, {all.Duplicated} sent twice, {all.Faults.Count} faults
            {(_verdicts.Values.All(static v => v.Verdict.Holds) ? "Every claim holds." : "A claim fails.")}
            """));
    }
}
