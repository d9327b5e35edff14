namespace TransactionalMail.Events;

/// <summary>What enhanced status codes (RFC 3463 and the IANA registry) say about a recipient.</summary>
internal static class EnhancedCodes
{
    public static BounceKind BounceKindOf(string? code) => code switch
    {
        null => BounceKind.Undetermined,

        // No such mailbox, no such system, no such syntax, moved away, takes no mail at all (RFC 7505), no route to its domain.
        "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.4.4" or "5.4.310" => BounceKind.Hard,

        // A sender that does not exist, content that is not taken, and everything that security and policy forbid.
        "5.1.7" or "5.1.8" => BounceKind.Blocked,
        _ when Is(code, "5.6.") || Is(code, "5.7.") => BounceKind.Blocked,

        // The mailbox is there: disabled, full, or too small for this mail.
        "5.2.1" or "5.2.2" or "5.2.3" or "5.2.4" => BounceKind.Soft,

        // The system is full, or too small; the way there is broken, or took too long.
        _ when Is(code, "5.3.") || Is(code, "5.4.") || Is(code, "4.") => BounceKind.Soft,
        _ => BounceKind.Undetermined,
    };

    private static bool Is(string code, string subject) => code.StartsWith(subject, StringComparison.Ordinal);
}
