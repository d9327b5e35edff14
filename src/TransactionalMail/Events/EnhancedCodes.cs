namespace TransactionalMail.Events;

/// <summary>What enhanced status codes (RFC 3463) say about a recipient.</summary>
internal static class EnhancedCodes
{
    public static BounceKind BounceKindOf(string? code) => code switch
    {
        // No such mailbox, no such system, no such syntax, moved away, takes no mail at all (RFC 7505), disabled.
        "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.2.1" => BounceKind.Hard,
        not null when code.StartsWith("5.7.", StringComparison.Ordinal) => BounceKind.Blocked,

        // Full, too large for the mailbox, too large for the system.
        "5.2.2" or "5.2.3" or "5.3.4" => BounceKind.Soft,
        not null when code.StartsWith("4.", StringComparison.Ordinal) => BounceKind.Soft,
        _ => BounceKind.Undetermined,
    };
}
