using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Delivery;

namespace TransactionalMail.Tests.Outbox;

/// <summary>An outbox that calls itself durable, and does what a test wants before it leases, renews or marks.</summary>
internal sealed class HookedOutbox : IMailOutbox, IOutboxAdmin
{
    private InMemoryOutbox _inner = null!;
    private int _marks;

    public Func<CancellationToken, Task> Leasing { get; set; } = static _ => Task.CompletedTask;

    public Func<CancellationToken, Task> Renewing { get; set; } = static _ => Task.CompletedTask;

    public Func<CancellationToken, Task> Marking { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Gets how many marks were begun.</summary>
    public int Marks => Volatile.Read(ref _marks);

    public bool IsDurable => true;

    /// <summary>Returns how many mails nobody has marked as done.</summary>
    public async Task<int> CountAsync() => (await _inner.GetDepthsAsync(CancellationToken.None)).Sum(static d => d.Waiting + d.InDelivery);

    /// <summary>Makes a lab with such an outbox, and with one transport.</summary>
    public static DeliveryLab Lab(out HookedOutbox store, Action<TransactionalMailBuilder>? configure = null, Action<TransactionalMailOptions>? options = null)
    {
        var hooked = store = new HookedOutbox();
        var lab = new DeliveryLab
        {
            Stream = static stream => stream.Transports.Add("primary"),
            Options = options ?? (static _ => { }),
            Configure = mail =>
            {
                mail.Services.AddSingleton<IMailOutbox>(hooked).AddSingleton<IOutboxAdmin>(hooked);
                configure?.Invoke(mail);
            },
        };
        store._inner = lab.Services.GetRequiredService<InMemoryOutbox>();
        return lab;
    }

    public ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken) => _inner.AddAsync(entries, cancellationToken);

    public async ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        await Leasing(cancellationToken);
        return await _inner.LeaseAsync(streamName, count, duration, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        await Renewing(cancellationToken);
        return await _inner.RenewAsync(leases, duration, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
    {
        await MarkAsync(cancellationToken);
        return await _inner.CompleteAsync(leases, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
    {
        await MarkAsync(cancellationToken);
        return await _inner.RescheduleAsync(leases, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
    {
        await MarkAsync(cancellationToken);
        return await _inner.DeadLetterAsync(leases, cancellationToken);
    }

    public ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default) => _inner.GetDepthsAsync(cancellationToken);

    public IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync(CancellationToken cancellationToken = default) => _inner.ReadDeadLettersAsync(cancellationToken);

    public ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default) => _inner.RetryAsync(id, cancellationToken);

    public ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default) => _inner.FindAsync(id, cancellationToken);

    public ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default) => _inner.RescheduleAsync(id, notBefore, cancellationToken);

    public ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default) => _inner.CancelAsync(id, cancellationToken);

    private Task MarkAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _marks);
        return Marking(cancellationToken);
    }
}
