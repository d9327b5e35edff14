using System.Runtime.CompilerServices;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>People look into the application's outbox and the queues behind it as if they were one. What only the queues may have is asked there last.</summary>
internal sealed class RelayedOutboxAdmin(IOutboxAdmin kept, RabbitMqOutbox queue) : IOutboxAdmin
{
    public async ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default) =>
    [
        .. (await kept.GetDepthsAsync(cancellationToken).ConfigureAwait(false))
            .Concat(await queue.GetDepthsAsync(cancellationToken).ConfigureAwait(false))
            .GroupBy(static d => d.StreamName, StringComparer.OrdinalIgnoreCase)
            .Select(static d => new OutboxDepth(d.Key, d.Sum(static x => x.Waiting), d.Sum(static x => x.InDelivery), d.Sum(static x => x.DeadLetters), d.Min(static x => x.OldestDueAt))),
    ];

    public async IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in kept.ReadDeadLettersAsync(cancellationToken).ConfigureAwait(false)) yield return entry;
        await foreach (var entry in queue.ReadDeadLettersAsync(cancellationToken).ConfigureAwait(false)) yield return entry;
    }

    public async ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default) =>
        await kept.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? await queue.FindAsync(id, cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default) =>
        await kept.RetryAsync(id, cancellationToken).ConfigureAwait(false) || await queue.RetryAsync(id, cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default) =>
        await kept.RescheduleAsync(id, notBefore, cancellationToken).ConfigureAwait(false) || await queue.RescheduleAsync(id, notBefore, cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default) =>
        await kept.CancelAsync(id, cancellationToken).ConfigureAwait(false) || await queue.CancelAsync(id, cancellationToken).ConfigureAwait(false);
}
