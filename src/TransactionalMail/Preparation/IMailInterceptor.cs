namespace TransactionalMail;

/// <summary>Sees every message before it is validated, and may return another one in its place.</summary>
/// <remarks>Resolved in a fresh scope for each message. An exception reaches the sender; nothing was sent.</remarks>
public interface IMailInterceptor
{
    /// <summary>Returns the message to send instead, usually the same with changes.</summary>
    ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken);
}
