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

    /// <summary>Returns reason, scope and date, never the recipient.</summary>
    public override string ToString() => $"SuppressionEntry {{ Reason: {Reason}, Stream: {StreamName ?? "every"}, Since: {Since:O} }}";
}
