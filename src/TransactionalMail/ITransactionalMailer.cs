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
}
