namespace TransactionalMail.Webhooks;

/// <summary>A request that claims to come from a provider is refused; nothing of it was recorded.</summary>
public sealed class MailWebhookException : MailException
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="problem">What is wrong, without anything of the request.</param>
    public MailWebhookException(WebhookRefusal refusal, string problem)
        : base(problem) => Refusal = refusal;

    /// <summary>Gets why; its number is the status to answer with.</summary>
    public WebhookRefusal Refusal { get; }
}
