namespace TransactionalMail.Outbox;

/// <summary>The first half of <see cref="ITransactionalMailer.EnqueueAsync"/>, for stores that take mail into custody inside a transaction of the application. Thread-safe; every mailer of the library is one.</summary>
public interface IMailAcceptance
{
    /// <summary>Gets the outbox that the entry is for.</summary>
    IMailOutbox Outbox { get; }

    /// <summary>Validates and renders a message and gives it its identity. Nothing is stored: the caller adds the entry to the outbox.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="EmailValidationException">The message cannot be sent; every problem is listed.</exception>
    /// <exception cref="EmailTemplateException">Its template cannot be rendered.</exception>
    /// <exception cref="InvalidOperationException">Nobody would deliver it.</exception>
    Task<OutboxEntry> AcceptAsync(EmailMessage message, CancellationToken cancellationToken = default);
}
