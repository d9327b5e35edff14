using System.Diagnostics;
using TransactionalMail.Crash.Points;
using TransactionalMail.Crash.Victim;

namespace TransactionalMail.Crash.Judging;

/// <summary>A database on which process after process lives and dies, each clearing up what the one before left; the last one lives.</summary>
/// <param name="kind">The kind of database.</param>
/// <param name="connectionString">The database, empty.</param>
/// <param name="folder">A folder of its own.</param>
internal sealed class Track(DatabaseKind kind, string connectionString, string folder)
{
    /// <summary>What a shell says of a process that SIGKILL ended.</summary>
    private const int Killed = 128 + 9;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <param name="points">Where the processes die, one after the other.</param>
    public async Task<IReadOnlyList<Verdict>> RunAsync(IReadOnlyList<CrashPoint> points)
    {
        var journal = Path.Combine(folder, "journal");
        List<string?> ends = [];
        for (var batch = 0; batch <= points.Count; batch++)
        {
            var point = batch < points.Count ? points[batch] : null;
            var (code, error) = await RunAsync(new VictimOrder(journal, kind, connectionString, batch, point));
            ends.Add(code == (point is null ? VictimRun.Lived : Killed) ? null : $"process {batch} ended with {code}. {error}");
        }

        return Judge.Of(points, Journal.Read(journal), ends);
    }

    private static async Task<(int Code, string Error)> RunAsync(VictimOrder order)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, order.ToArguments()) { RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, error.Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return (-1, "It hung.");
        }
    }
}
