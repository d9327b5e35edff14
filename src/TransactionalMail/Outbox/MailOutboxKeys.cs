namespace TransactionalMail.Outbox;

/// <summary>Keys of services, for packages that carry mail from the outbox that takes it into custody to another one that workers share.</summary>
public static class MailOutboxKeys
{
    /// <summary>The key of the <see cref="IMailOutbox"/> that lanes lease from, and of the <see cref="IOutboxSignal"/> that wakes them.</summary>
    /// <remarks>
    /// The default is the outbox without a key, into which <see cref="ITransactionalMailer.EnqueueAsync"/> puts mail. Whoever registers another one here
    /// carries the mail there, and registers an <see cref="IOutboxSignal"/> without a key to be told when there is some.
    /// </remarks>
    public const string Delivery = "TransactionalMail.Delivery";
}
