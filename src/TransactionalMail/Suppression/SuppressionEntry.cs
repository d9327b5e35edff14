namespace TransactionalMail;

/// <summary>One reason to send nothing to a recipient. A recipient may have several, one of each reason and scope.</summary>
public sealed record SuppressionEntry
{
    /// <summary>Gets whom nothing is sent to, which is personal data.</summary>
    public required EmailAddress Recipient { get; init; }

    /// <summary>Gets why.</summary>
    public required SuppressionReason Reason { get; init; }

    /// <summary>Gets the stream it is about.</summary>
    /// <value>The default is <see langword="null"/>: every stream.</value>
    public string? StreamName { get; init; }

    /// <summary>Gets since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Gets what is known of the cause on one line, without addresses and secrets.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Returns what two spellings of one mailbox have in common, for lists to look up by.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>The <see cref="EmailAddress.SmtpAddress"/> in lower case, without the detail after a <c>+</c> (RFC 5233 §1): <c>ada@example.com</c> for <c>Ada+news@Example.com</c>.</returns>
    /// <remarks>A server may tell these mailboxes apart. Providers report them in lower case, though, and who complained as <c>ada+news</c> is the same person as <c>ada</c>.</remarks>
    public static string KeyOf(EmailAddress recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        var address = recipient.SmtpAddress;
        var detail = address[0] is '"' ? -1 : address.IndexOf('+', StringComparison.Ordinal);
        return (detail > 0 ? string.Concat(address.AsSpan(0, detail), address.AsSpan(address.LastIndexOf('@'))) : address).ToLowerInvariant();
    }

    /// <summary>Returns reason, scope and date, never the recipient.</summary>
    public override string ToString() => $"SuppressionEntry {{ Reason: {Reason}, Stream: {StreamName ?? "every"}, Since: {Since:O} }}";
}
