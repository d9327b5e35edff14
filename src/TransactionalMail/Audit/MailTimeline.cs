namespace TransactionalMail.Audit;

/// <summary>What became of one mail: its events in order of time, and how far it came for each recipient. Immutable.</summary>
/// <remarks>
/// It depends on which events are known and not on the order in which they were told: another event never takes a recipient back to an
/// earlier <see cref="DeliveryState"/>.
/// </remarks>
public sealed class MailTimeline
{
    private MailTimeline(MailId mailId, IReadOnlyList<MailEvent> events, IReadOnlyList<RecipientTimeline> recipients) => (MailId, Events, Recipients) = (mailId, events, recipients);

    /// <summary>Gets the mail.</summary>
    public MailId MailId { get; }

    /// <summary>Gets the events in order of <see cref="MailEvent.OccurredAt"/>.</summary>
    public IReadOnlyList<MailEvent> Events { get; }

    /// <summary>Gets how far the mail came for each recipient, in the order in which they are first named. Events that name nobody count for the recipient where there is one only.</summary>
    public IReadOnlyList<RecipientTimeline> Recipients { get; }

    /// <summary>Makes the timeline of a mail.</summary>
    /// <param name="mailId">The mail.</param>
    /// <param name="events">What is known of it, in any order, events of other mails left out.</param>
    public static MailTimeline Of(MailId mailId, IEnumerable<MailEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        MailEvent[] known = [.. events.Where(e => e.MailId == mailId).DistinctBy(static e => e.EventId).OrderBy(static e => e.OccurredAt).ThenBy(static e => e.EventId)];
        string[] named = [.. known.Select(AddressOf).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
        var recipients = known.GroupBy(e => AddressOf(e) ?? (named.Length == 1 ? named[0] : null), StringComparer.OrdinalIgnoreCase).Select(static g => RecipientTimeline.Of([.. g]));
        return new MailTimeline(mailId, known, [.. recipients]);
    }

    /// <summary>Reads the timeline of a mail from an audit.</summary>
    /// <param name="audit">The audit.</param>
    /// <param name="mailId">The mail.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The timeline; without events where the audit does not know the mail.</returns>
    public static async Task<MailTimeline> ReadAsync(IMailAudit audit, MailId mailId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audit);
        return Of(mailId, await audit.ReadAsync(mailId, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Returns the mail and its states, never a recipient.</summary>
    public override string ToString() => $"MailTimeline {{ MailId: {MailId}, Events: {Events.Count}, States: {string.Join(", ", Recipients.Select(static r => r.State))} }}";

    private static string? AddressOf(MailEvent mailEvent) => mailEvent.Recipient?.SmtpAddress;
}
