namespace TransactionalMail.Crash.Outage;

/// <summary>The outbox in memory, which has no clock of its own.</summary>
internal sealed class MemoryOutbox : OutageOutbox
{
    /// <summary>How much a mail that waits may take, the mail itself (about 700 bytes) included.</summary>
    private const long MostBytesEach = 8 * 1024;

    public override string Name => "Memory";

    public override long MostHeap(int mails) => mails * MostBytesEach;
}
