namespace TransactionalMail.Outbox;

/// <summary>A mail in custody, with everything that delivering it later takes. Immutable.</summary>
public sealed record OutboxEntry
{
    /// <summary>Gets the mail's identity.</summary>
    public required MailId Id { get; init; }

    /// <summary>Gets the stream that carries it.</summary>
    public required string StreamName { get; init; }

    /// <summary>Gets the message: validated, rendered, without a template, its attachments in memory.</summary>
    public required EmailMessage Message { get; init; }

    /// <summary>Gets what tells whether a later mail with the same <see cref="EmailMessage.IdempotencyKey"/> is the same; <see langword="null"/> where there is no key.</summary>
    public string? ContentHash { get; init; }

    /// <summary>Gets the name of the template it was rendered from, or <see langword="null"/>.</summary>
    public string? TemplateName { get; init; }

    /// <summary>Gets when the library accepted it; its age counts from here, or from <see cref="EmailMessage.NotBefore"/>.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Gets the earliest time of the next attempt.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Gets the recipients without a final answer yet.</summary>
    public required IReadOnlyList<EmailAddress> Recipients { get; init; }

    /// <summary>Gets how many times a transport was asked.</summary>
    public int Attempts { get; init; }

    /// <summary>Gets the only transport that may be asked, because the mail may have gone out through it; otherwise <see langword="null"/>.</summary>
    public string? PinnedTransport { get; init; }

    /// <summary>Gets why the last attempt did not finish the mail, without addresses and secrets.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Gets the trace it belongs to (W3C <c>traceparent</c>), or <see langword="null"/>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Returns the mail as it is when somebody makes it due at another time.</summary>
    /// <param name="notBefore">The new <see cref="EmailMessage.NotBefore"/>.</param>
    public OutboxEntry PutOff(DateTimeOffset notBefore) => this with { DueAt = notBefore, Message = Message with { NotBefore = notBefore } };

    /// <summary>Gets the later of <see cref="AcceptedAt"/> and <see cref="EmailMessage.NotBefore"/>: the Date of the mail.</summary>
    internal DateTimeOffset SendableSince => Message.NotBefore > AcceptedAt ? Message.NotBefore.Value : AcceptedAt;

    /// <summary>Returns identity and counts, never addresses or content.</summary>
    public override string ToString() => $"OutboxEntry {{ Id: {Id}, Stream: {StreamName}, Recipients: {Recipients.Count}, Attempts: {Attempts} }}";
}
