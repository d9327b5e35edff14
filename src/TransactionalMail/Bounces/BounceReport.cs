namespace TransactionalMail;

/// <summary>What a message says about mail that was sent. Immutable and thread-safe.</summary>
public sealed record BounceReport
{
    /// <summary>Gets the events, one for each recipient the message reports on.</summary>
    /// <value>The default is none: the message is no report, or one that changes nothing.</value>
    /// <remarks>
    /// The kinds are <see cref="MailBounced"/>, <see cref="MailDeferred"/>, <see cref="MailDelivered"/> and <see cref="MailComplained"/>.
    /// Reading the same message again gives the same <see cref="MailEvent.EventId"/>s. A mail that is not ours has an empty
    /// <see cref="MailEvent.MailId"/>; a recipient that the message does not name is <see langword="null"/>.
    /// </remarks>
    public IReadOnlyList<MailEvent> Events { get; init; } = [];

    /// <summary>Gets whether a machine answered for a person (RFC 3834): out of office, a receipt for having been read (RFC 8098), a ticket number.</summary>
    /// <value>The default is <see langword="false"/>. Where it is <see langword="true"/> there are no events.</value>
    public bool IsAutoReply { get; init; }

    /// <summary>Returns how much there is, and nothing of it.</summary>
    public override string ToString() => $"{nameof(BounceReport)} {{ Events: {Events.Count}, IsAutoReply: {IsAutoReply} }}";
}
