namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>A mail that is leased from this process's side, and the message that carries it.</summary>
internal sealed record HeldMail(OutboxLease Lease, Delivery Delivery, DateTimeOffset Until)
{
    /// <summary>Gets whether the broker still holds the message for us.</summary>
    public bool IsHeld => Delivery.Channel.IsOpen;
}
