using TransactionalMail.Crash.Points;
using TransactionalMail.Crash.Victim;

namespace TransactionalMail.Crash.Judging;

/// <summary>A database on which process after process lives and dies, each clearing up what the one before left; the last one lives.</summary>
internal static class Track
{
    /// <param name="database">The database, empty.</param>
    /// <param name="points">Where the processes die, one after the other.</param>
    /// <param name="ending">Leaves the rest of the points out. The last process lives all the same.</param>
    /// <returns>What the points did, as many as there was time for.</returns>
    public static async Task<IReadOnlyList<Verdict>> RunAsync(TrackDatabase database, IReadOnlyList<CrashPoint> points, CancellationToken ending)
    {
        var journal = database.PathOf("journal");
        List<string?> ends = [];
        for (var batch = 0; batch <= points.Count; batch++)
        {
            if (batch > 0 && ending.IsCancellationRequested) points = [.. points.Take(batch)];
            var point = batch < points.Count ? points[batch] : null;
            var (code, error) = await Child.RunAsync(new VictimOrder(journal, database.Kind, database.ConnectionString, batch, point).ToArguments());
            ends.Add(code == (point is null ? VictimRun.Lived : Child.Killed) ? null : $"process {batch} ended with {code}. {error}");
        }

        return Judge.Of(points, Journal.Read(journal), ends);
    }
}
