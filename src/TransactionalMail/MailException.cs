namespace TransactionalMail;

/// <summary>The root of every error this library raises about a mail.</summary>
/// <remarks>
/// Messages say what to do and hold no bodies, no secrets and no recipients' addresses, so they are safe to log.
/// </remarks>
public abstract class MailException : Exception
{
    private protected MailException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Gets whether the same call may succeed later without a change to the message or the configuration.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public virtual bool IsTransient => false;
}
