namespace TransactionalMail.Soak;

/// <summary>Watches what this process takes, some hundred times a second, until disposed.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _ended;
    private long _managedHeap;
    private long _workingSet;

    public PeakMemory()
    {
        _thread = new Thread(Watch) { IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    /// <summary>Gets the most that managed objects took, garbage included.</summary>
    public long ManagedHeap => Interlocked.Read(ref _managedHeap);

    /// <summary>Gets the largest working set: what was seen, or what the system remembers since the process began, whichever is more.</summary>
    public long WorkingSet => Math.Max(Interlocked.Read(ref _workingSet), Memory.PeakWorkingSet);

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    private void Watch()
    {
        while (!_ended)
        {
            Raise(ref _managedHeap, GC.GetTotalMemory(forceFullCollection: false));
            Raise(ref _workingSet, Memory.WorkingSet);
            Thread.Sleep(2);
        }
    }

    private static void Raise(ref long peak, long value)
    {
        if (value > Interlocked.Read(ref peak)) Interlocked.Exchange(ref peak, value);
    }
}
