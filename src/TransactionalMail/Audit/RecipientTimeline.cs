namespace TransactionalMail.Audit;

/// <summary>What became of a mail for one recipient.</summary>
public sealed record RecipientTimeline
{
    /// <summary>Gets the recipient, which is personal data; <see langword="null"/> after an erasure, or where nobody said who.</summary>
    public EmailAddress? Recipient { get; init; }

    /// <summary>Gets how far the mail is known to have come.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>Gets since when, by the clock of whoever saw it.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Gets when it was opened first, machines that open every mail left out; <see langword="null"/> where nobody said so.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>Gets when one of its links was followed first.</summary>
    public DateTimeOffset? ClickedAt { get; init; }

    /// <summary>Gets when it was reported as spam first.</summary>
    public DateTimeOffset? ComplainedAt { get; init; }

    /// <summary>Gets when the recipient unsubscribed; <see langword="null"/> again after a later resubscription.</summary>
    public DateTimeOffset? UnsubscribedAt { get; init; }

    /// <summary>Returns the state, never the recipient.</summary>
    public override string ToString() => $"RecipientTimeline {{ State: {State}, Since: {Since:O} }}";

    /// <param name="events">The events of one recipient, in order of time.</param>
    internal static RecipientTimeline Of(IReadOnlyCollection<MailEvent> events)
    {
        var state = events.Max(StateOf);
        return new RecipientTimeline
        {
            Recipient = events.FirstOrDefault(static e => e.Recipient is not null)?.Recipient,
            State = state,
            Since = events.First(e => StateOf(e) == state).OccurredAt,
            OpenedAt = First(static e => e is MailOpened { IsMachine: false }),
            ClickedAt = First(static e => e is MailClicked),
            ComplainedAt = First(static e => e is MailComplained),
            UnsubscribedAt = events.LastOrDefault(static e => e is MailUnsubscribed or MailResubscribed) is MailUnsubscribed unsubscribed ? unsubscribed.OccurredAt : null,
        };

        DateTimeOffset? First(Func<MailEvent, bool> isOne) => events.FirstOrDefault(isOne)?.OccurredAt;
    }

    /// <remarks>An attempt of ours has a number; who tells of a delay without one is behind the relay.</remarks>
    private static DeliveryState StateOf(MailEvent mailEvent) => mailEvent switch
    {
        MailDeferred { Attempt: > 0 } => DeliveryState.Deferred,
        MailSuppressed => DeliveryState.Suppressed,
        MailFailed => DeliveryState.Failed,
        MailAccepted => DeliveryState.Accepted,
        MailDeferred => DeliveryState.Delayed,
        MailDelivered or MailOpened or MailClicked or MailComplained or MailUnsubscribed => DeliveryState.Delivered,
        MailBounced => DeliveryState.Bounced,
        _ => DeliveryState.Unknown,
    };
}
