namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>A mail that is leased from this process's side, and the message that carries it. It is settling while what becomes of it is stored.</summary>
internal sealed record HeldMail(OutboxLease Lease, Delivery Delivery, DateTimeOffset Until, bool IsSettling = false)
{
    /// <summary>Gets whether the broker still holds the message for us.</summary>
    public bool IsHeld => Delivery.Channel.IsOpen;
}
