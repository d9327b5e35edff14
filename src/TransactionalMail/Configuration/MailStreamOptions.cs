using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>The settings of one stream, a class of traffic such as receipts or alerts.</summary>
public sealed class MailStreamOptions
{
    /// <summary>Gets the names of the transports to use: the first, and the next where that one cannot take the mail.</summary>
    /// <value>The default is every transport in order of registration.</value>
    public IList<string> Transports { get; } = [];

    /// <summary>Gets how often each transport comes first, relative to the others: 9 and 1 send a tenth through the second. The rest follows in case it fails.</summary>
    /// <value>The default is empty: always in the order of <see cref="Transports"/>. A transport without a weight comes last.</value>
    public IDictionary<string, int> Weights { get; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets what every transport of the stream must be able to carry, checked at start-up: <c>"OpenTracking, Metadata"</c> in configuration.</summary>
    /// <value>The default is <see cref="MailFeatures.None"/>: a transport that cannot carry a mail is passed over when it is sent.</value>
    /// <remarks>Name what the stream's mail asks for, so that a backup that would refuse it is found before it is needed.</remarks>
    public MailFeatures Requires { get; set; }

    /// <summary>Gets how mail is tried again while its sender waits.</summary>
    public MailRetryOptions Retry { get; } = new();

    /// <summary>Gets how mail that was enqueued is delivered.</summary>
    public MailQueueOptions Queue { get; } = new();

    /// <summary>Gets or sets what happens to a mail whose content went out and whose answer was lost.</summary>
    /// <value>The default is <see cref="InDoubtPolicy.Retry"/>.</value>
    public InDoubtPolicy WhenInDoubt { get; set; }

    /// <summary>Gets or sets whether mail goes out to recipients who unsubscribed: for notices that the law or a contract asks for.</summary>
    /// <value>The default is <see langword="false"/>. Hard bounces, complaints and manual entries count in any case.</value>
    public bool IgnoreUnsubscribes { get; set; }

    /// <summary>Gets or sets the author of mail that names none.</summary>
    /// <value>The default is <see cref="TransactionalMailOptions.From"/>.</value>
    public string? From { get; set; }
}
