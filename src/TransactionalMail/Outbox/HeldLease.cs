namespace TransactionalMail.Outbox;

/// <summary>A lease in hand, and the way to interrupt its delivery.</summary>
internal sealed class HeldLease(OutboxLease lease, CancellationTokenSource cancellation) : IDisposable
{
    private volatile OutboxLease _lease = lease;

    /// <summary>Gets or sets the lease, whose token is the latest.</summary>
    public OutboxLease Lease
    {
        get => _lease;
        set => _lease = value;
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
