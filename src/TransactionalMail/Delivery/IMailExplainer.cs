namespace TransactionalMail;

/// <summary>Says what would happen to a message, without sending it: for previews, staging and support. A thread-safe singleton.</summary>
/// <remarks>
/// It prepares, looks up suppressions, composes and signs as <see cref="ITransactionalMailer"/> does; interceptors run, and attachments
/// are read. No transport is asked, nothing is enqueued, no event is published, and no circuit moves.
/// </remarks>
public interface IMailExplainer
{
    /// <summary>Explains what sending a message now would do.</summary>
    /// <param name="message">The message. <see cref="EmailMessage.StreamName"/> says which mailer's stream it is for; <see cref="EmailMessage.NotBefore"/> may lie in the future, as for <see cref="ITransactionalMailer.EnqueueAsync"/>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EmailValidationException">The message cannot be sent as it is.</exception>
    /// <exception cref="EmailTemplateException">The template is missing or wrong.</exception>
    Task<MailExplanation> ExplainAsync(EmailMessage message, CancellationToken cancellationToken = default);
}
