using RabbitMQ.Client;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>A message the broker gave us, on the channel that alone can acknowledge it.</summary>
internal sealed record Delivery(IChannel Channel, ulong Tag, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)
{
    /// <summary>Gets what tells this message from others of the same mail, or <see langword="null"/> where somebody else published it.</summary>
    public string? Copy => Properties.CorrelationId;

    public async Task<bool> AckAsync()
    {
        if (!Channel.IsOpen) return false;
        try
        {
            await Channel.BasicAckAsync(Tag, multiple: false).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (BrokerErrors.IsAway(e))
        {
            return false; // the broker gives it to somebody else
        }
    }

    public async Task ReturnAsync()
    {
        if (!Channel.IsOpen) return;
        try
        {
            await Channel.BasicNackAsync(Tag, multiple: false, requeue: true).ConfigureAwait(false);
        }
        catch (Exception e) when (BrokerErrors.IsAway(e))
        {
            // It is back already: a channel that ends returns everything.
        }
    }
}
