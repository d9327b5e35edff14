namespace TransactionalMail;

/// <summary>Sends mail.</summary>
/// <remarks>
/// A thread-safe singleton. Resolve it with the name of a stream as key to send through that stream:
/// <c>[FromKeyedServices("receipts")] ITransactionalMailer</c>.
/// </remarks>
public interface ITransactionalMailer
{
    /// <summary>Validates, renders, signs and hands over a message, and waits for the relay's answer.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the sending while the mail cannot have gone out; afterwards see <see cref="MailDeliveryException.MayHaveBeenAccepted"/>.</param>
    /// <returns>Proof that a relay took the mail over for at least one recipient, with one outcome for each.</returns>
    /// <exception cref="EmailValidationException">The message cannot be sent as it is; nothing was sent.</exception>
    /// <exception cref="EmailTemplateException">The template is missing or wrong; nothing was sent.</exception>
    /// <exception cref="MailDeliveryException">No recipient was accepted, or nobody can know.</exception>
    Task<MailReceipt> SendAsync(EmailMessage message, CancellationToken cancellationToken = default);

    /// <summary>Validates and renders a message, takes it into custody, and returns; the outbox delivers it.</summary>
    /// <param name="message">The message. Attachments are read before this returns; <see cref="EmailMessage.NotBefore"/> may lie in the future.</param>
    /// <param name="cancellationToken">Ends the wait for room in a full outbox; the mail is then not in custody.</param>
    /// <returns>The mail's identity: proof of custody. The outbox in memory keeps it only as long as the process lives.</returns>
    /// <remarks>
    /// It is tried for hours, as the stream's <see cref="MailQueueOptions"/> say, and delivered at least once; a mail that nobody took
    /// becomes a dead letter, which is logged.
    /// </remarks>
    /// <exception cref="EmailValidationException">The message cannot be sent as it is; nothing was kept.</exception>
    /// <exception cref="EmailTemplateException">The template is missing or wrong; nothing was kept.</exception>
    /// <exception cref="InvalidOperationException">No host runs that would deliver it, and <see cref="MailOutboxOptions.EnqueueOnly"/> is not set.</exception>
    Task<MailId> EnqueueAsync(EmailMessage message, CancellationToken cancellationToken = default);
}
