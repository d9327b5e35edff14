namespace TransactionalMail.Events;

/// <summary>What reply codes (RFC 5321 §4.2) say about a recipient where no enhanced code says more.</summary>
internal static class ReplyCodes
{
    public static BounceKind BounceKindOf(int? code) => code switch
    {
        // The domain takes no mail (RFC 7504 §4).
        556 => BounceKind.Hard,

        // Storage exceeded.
        552 => BounceKind.Soft,
        >= 400 and < 500 => BounceKind.Soft,
        _ => BounceKind.Undetermined,
    };
}
