using Polly;

namespace TransactionalMail.Delivery;

/// <summary>A class of traffic as configured: its author, its transports, and how it tries again.</summary>
internal sealed record MailStream(
    string Name, EmailAddress? From, TransportRouter Router, InDoubtPolicy WhenInDoubt, ResiliencePipeline<DeliveryRun> Retry, MailQueueOptions Queue, bool IgnoresUnsubscribes)
{
    /// <summary>Finds the entries that keep the stream's mail from some recipients.</summary>
    public async ValueTask<IReadOnlyList<SuppressionEntry>> FindSuppressedAsync(ISuppressionList list, IReadOnlyCollection<EmailAddress> recipients, CancellationToken cancellationToken)
    {
        var entries = await list.FindAsync(recipients, Name, cancellationToken).ConfigureAwait(false);
        return IgnoresUnsubscribes ? [.. entries.Where(static e => e.Reason is not SuppressionReason.Unsubscribe)] : entries;
    }
}
