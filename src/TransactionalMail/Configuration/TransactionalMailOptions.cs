namespace TransactionalMail;

/// <summary>The settings of the whole library, bound from the section given to <c>AddTransactionalMail</c>.</summary>
/// <remarks>Transports are registered, not set here; in configuration they stand beside these under <c>Transports</c>.</remarks>
public sealed class TransactionalMailOptions
{
    /// <summary>Gets or sets the author of mail that names none: <c>Acme &lt;no-reply@acme.example&gt;</c>.</summary>
    /// <value>The default is <see langword="null"/>: each message names its author.</value>
    public string? From { get; set; }

    /// <summary>Gets the streams by name.</summary>
    /// <value>The default is one stream, <c>default</c>, that uses every transport in order of registration.</value>
    public IDictionary<string, MailStreamOptions> Streams { get; } = new Dictionary<string, MailStreamOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the limits of transports by name.</summary>
    /// <value>The default is none: each transport has the defaults of <see cref="MailTransportLimits"/>.</value>
    public IDictionary<string, MailTransportLimits> Limits { get; } = new Dictionary<string, MailTransportLimits>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the settings of the outbox.</summary>
    public MailOutboxOptions Outbox { get; } = new();

    /// <summary>Gets or sets how long an <see cref="EmailMessage.IdempotencyKey"/> is remembered, from its first use, or from when an enqueued mail is due where that is later.</summary>
    /// <value>The default is 24 hours, the most ten years.</value>
    public TimeSpan IdempotencyWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets the DKIM keys; mail is signed with those of its From domain.</summary>
    /// <value>The default is none: mail is not signed.</value>
    public IList<DkimOptions> Dkim { get; } = [];

    /// <summary>Gets the settings of templates.</summary>
    public EmailTemplateOptions Templates { get; } = new();
}
