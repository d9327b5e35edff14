namespace TransactionalMail.Testing;

/// <summary>What became of a mail at one recipient, for a simulated provider to report. Immutable.</summary>
/// <remarks>It is about the newest mail that the simulator accepted for the recipient, or the one that <see cref="ProviderMessageId"/> names.</remarks>
public sealed record SimulatedReport
{
    private SimulatedReport(SimulatedReportKind kind, EmailAddress recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        (Kind, Recipient) = (kind, recipient);
    }

    /// <summary>Gets what happened.</summary>
    public SimulatedReportKind Kind { get; }

    /// <summary>Gets whose mailbox it is about.</summary>
    public EmailAddress Recipient { get; }

    /// <summary>Gets the link that was followed; <see langword="null"/> for every other kind.</summary>
    public Uri? Url { get; private init; }

    /// <summary>Gets the id of the mail at the provider, as <see cref="RecipientOutcome.ProviderMessageId"/> of a receipt has it.</summary>
    /// <value>The default is <see langword="null"/>: the newest mail for the recipient.</value>
    public string? ProviderMessageId { get; init; }

    /// <summary>Gets when it happened.</summary>
    /// <value>The default is <see langword="null"/>: when the report is made, by <see cref="ProviderSimulator.Clock"/>.</value>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>Reports that the recipient's server took the mail.</summary>
    public static SimulatedReport Delivery(EmailAddress recipient) => new(SimulatedReportKind.Delivery, recipient);

    /// <summary>Reports that there is no such mailbox.</summary>
    public static SimulatedReport HardBounce(EmailAddress recipient) => new(SimulatedReportKind.HardBounce, recipient);

    /// <summary>Reports that the mailbox is full, and the provider has given up.</summary>
    public static SimulatedReport SoftBounce(EmailAddress recipient) => new(SimulatedReportKind.SoftBounce, recipient);

    /// <summary>Reports that the recipient calls the mail spam.</summary>
    public static SimulatedReport Complaint(EmailAddress recipient) => new(SimulatedReportKind.Complaint, recipient);

    /// <summary>Reports that the recipient unsubscribed. Amazon SES has no such report.</summary>
    public static SimulatedReport Unsubscribe(EmailAddress recipient) => new(SimulatedReportKind.Unsubscribe, recipient);

    /// <summary>Reports that the mail was opened.</summary>
    public static SimulatedReport Open(EmailAddress recipient) => new(SimulatedReportKind.Open, recipient);

    /// <summary>Reports that a link of the mail was followed.</summary>
    public static SimulatedReport Click(EmailAddress recipient, Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return new(SimulatedReportKind.Click, recipient) { Url = url };
    }

    /// <summary>Returns the kind, never the address.</summary>
    public override string ToString() => $"SimulatedReport {{ Kind: {Kind} }}";
}
