using System.Diagnostics;

namespace TransactionalMail.Crash.Judging;

/// <summary>This program once more, as a process that may be killed.</summary>
internal static class Child
{
    /// <summary>What a shell says of a process that SIGKILL ended.</summary>
    public const int Killed = 128 + 9;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Error)> RunAsync(IEnumerable<string> arguments)
    {
        // Most of its life is its start, which takes a quarter less where pages for code need not be mapped twice.
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardError = true, Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" } })!;
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
