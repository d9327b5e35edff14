namespace TransactionalMail.Outbox;

/// <summary>A lease in hand, and the way to interrupt its delivery.</summary>
/// <param name="lease">The lease.</param>
/// <param name="confirmed">When it was asked for.</param>
/// <param name="abandon">Interrupts the delivery, too.</param>
internal sealed class HeldLease(OutboxLease lease, HeldLease.Moment confirmed, CancellationToken abandon) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(abandon);
    private volatile OutboxLease _lease = lease;
    private volatile Moment _confirmed = confirmed;

    /// <summary>Gets the lease, whose token and entry are the latest.</summary>
    public OutboxLease Lease => _lease;

    /// <summary>Gets when the outbox was last asked and gave or renewed it.</summary>
    public Moment Confirmed => _confirmed;

    public CancellationToken Interrupted => _cancellation.Token;

    public void Confirm(Moment at) => _confirmed = at;

    /// <summary>Takes over a later lease of the same mail, with its entry: somebody else may have delivered some of it meanwhile.</summary>
    public void Take(OutboxLease later, Moment at) => (_lease, _confirmed) = (later, at);

    /// <summary>Begins anew with the latest lease.</summary>
    public HeldLease Again() => new(_lease, _confirmed, abandon);

    public async Task InterruptAsync()
    {
        try
        {
            await _cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It was given back meanwhile.
        }
    }

    public void Dispose() => _cancellation.Dispose();

    /// <summary>A point in time by both measures of the machine: elapsed time, which stands still while it is suspended, and its clock, which people move.</summary>
    public sealed record Moment(long Timestamp, DateTimeOffset Time);
}
