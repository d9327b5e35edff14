namespace TransactionalMail.Webhooks;

/// <summary>Audit or suppression list could not store events of a provider, which is to tell them again.</summary>
public sealed class MailEventsNotStoredException : MailException
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="cause">What it failed with.</param>
    public MailEventsNotStoredException(Exception cause)
        : base("Audit or suppression list could not store the events. Answer 503, so that the provider tells them again.", cause)
    {
    }

    /// <summary>Gets <see langword="true"/>: the provider tells the events again.</summary>
    public override bool IsTransient => true;
}
