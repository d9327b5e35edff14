namespace TransactionalMail.Audit;

/// <summary>Which records to find; those that fit everything that is set.</summary>
public sealed record AuditFilter
{
    /// <summary>Gets the mail.</summary>
    public MailId? MailId { get; init; }

    /// <summary>Gets the recipient, compared without display name and case: providers report addresses in lower case.</summary>
    public EmailAddress? Recipient { get; init; }

    /// <summary>Gets a tag the mail has, in the same case.</summary>
    public string? Tag { get; init; }

    /// <summary>Gets the template the mail was rendered from, in the same case.</summary>
    public string? TemplateName { get; init; }

    /// <summary>Gets the earliest <see cref="MailEvent.OccurredAt"/>.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time before which it occurred.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Returns whether an event fits.</summary>
    public bool Fits(MailEvent mailEvent)
    {
        ArgumentNullException.ThrowIfNull(mailEvent);
        return (MailId is null || MailId == mailEvent.MailId)
            && (Recipient is null || IsSame(Recipient, mailEvent.Recipient))
            && (Tag is null || mailEvent.Tags.Contains(Tag, StringComparer.Ordinal))
            && (TemplateName is null || string.Equals(TemplateName, mailEvent.TemplateName, StringComparison.Ordinal))
            && (Since is null || mailEvent.OccurredAt >= Since)
            && (Before is null || mailEvent.OccurredAt < Before);
    }

    /// <summary>Returns whether two are the same person.</summary>
    internal static bool IsSame(EmailAddress one, EmailAddress? other) => string.Equals(one.SmtpAddress, other?.SmtpAddress, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns which conditions are set, never the recipient.</summary>
    public override string ToString() => $"AuditFilter {{ MailId: {MailId}, Recipient: {(Recipient is null ? "any" : "set")}, Tag: {Tag}, TemplateName: {TemplateName}, Since: {Since:O}, Before: {Before:O} }}";
}
