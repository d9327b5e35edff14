namespace TransactionalMail.Events;

/// <summary>What reply codes (RFC 5321 §4.2) say about a recipient where no enhanced code says more.</summary>
internal static class ReplyCodes
{
    public static BounceKind BounceKindOf(int? code) => code switch
    {
        // The host, or the domain, takes no mail at all (RFC 7504 §3, §4).
        521 or 556 => BounceKind.Hard,

        // Storage exceeded, and a dialogue that went wrong.
        552 or (>= 500 and <= 504) => BounceKind.Soft,
        >= 400 and < 500 => BounceKind.Soft,
        _ => BounceKind.Undetermined,
    };
}
