using System.Diagnostics;

namespace TransactionalMail.Crash.Victim;

/// <summary>Kills this process where it was told to. Thread-safe.</summary>
internal sealed class Trap(Journal journal)
{
    private volatile string? _hit;
    private int _batch;
    private int _passes;

    /// <param name="batch">The batch that is being enqueued.</param>
    /// <param name="hit">The place.</param>
    /// <param name="passes">How many times the place is passed before.</param>
    public void Arm(int batch, string hit, int passes)
    {
        (_batch, _passes) = (batch, passes);
        _hit = hit;
    }

    /// <summary>Says that the application is at a place. Does not return where that is the one.</summary>
    public void Reach(string hit)
    {
        if (!string.Equals(_hit, hit, StringComparison.Ordinal) || Interlocked.Decrement(ref _passes) >= 0) return;
        journal.Fired(_batch, hit, static () =>
        {
            using var self = Process.GetCurrentProcess();
            self.Kill(); // SIGKILL: no handler, no finally, no flush
            Thread.Sleep(Timeout.Infinite);
        });
    }
}
