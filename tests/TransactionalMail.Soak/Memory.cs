using System.Diagnostics;

namespace TransactionalMail.Soak;

/// <summary>What this process takes.</summary>
internal static class Memory
{
    public const double Megabyte = 1024 * 1024;

    /// <summary>Gets the largest working set so far.</summary>
    public static long PeakWorkingSet
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }

    /// <summary>Gets the working set.</summary>
    public static long WorkingSet => Environment.WorkingSet;

    /// <summary>Collects everything that nobody needs, and returns what is left of the managed heap.</summary>
    public static long CollectedHeap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
