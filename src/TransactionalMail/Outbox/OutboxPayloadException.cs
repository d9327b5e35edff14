namespace TransactionalMail.Outbox;

/// <summary>A mail that was kept somewhere cannot be read. The message names neither content nor addresses.</summary>
/// <remarks>Damaged mail never becomes readable by itself: outboxes put it to the dead letters at once.</remarks>
public sealed class OutboxPayloadException : MailException
{
    private OutboxPayloadException(string message, bool isTransient = false)
        : base(message) => IsTransient = isTransient;

    /// <summary>Gets whether a process of a later release may read it, as one does that is being rolled out beside this one.</summary>
    public override bool IsTransient { get; }

    internal static OutboxPayloadException UnknownVersion(int version, int known) => new(
        $"The stored mail has version {version}, and this release reads versions up to {known}. Deliver it with the release that wrote it, or a later one.", version > known);

    internal static OutboxPayloadException Damaged() => new("The stored mail is damaged: it is not what this library wrote.");

    internal static OutboxPayloadException AttachmentsMissing(int expected, int found) => new($"The stored mail has {expected} attachments, and {found} are in the store.");
}
