namespace TransactionalMail.Outbox;

/// <summary>A lease in hand, and the way to interrupt its delivery.</summary>
/// <param name="lease">The lease.</param>
/// <param name="confirmedAt">The timestamp at which it was asked for.</param>
/// <param name="cancellation">What interrupts.</param>
internal sealed class HeldLease(OutboxLease lease, long confirmedAt, CancellationTokenSource cancellation) : IDisposable
{
    private volatile OutboxLease _lease = lease;
    private long _confirmedAt = confirmedAt;

    /// <summary>Gets or sets the lease, whose token and entry are the latest.</summary>
    public OutboxLease Lease
    {
        get => _lease;
        set => _lease = value;
    }

    /// <summary>Gets or sets the timestamp at which the outbox was last asked and gave or renewed it.</summary>
    public long ConfirmedAt
    {
        get => Volatile.Read(ref _confirmedAt);
        set => Volatile.Write(ref _confirmedAt, value);
    }

    public CancellationToken Interrupted => cancellation.Token;

    public async Task InterruptAsync()
    {
        try
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It was given back meanwhile.
        }
    }

    public void Dispose() => cancellation.Dispose();
}
