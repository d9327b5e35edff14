namespace TransactionalMail.Transports;

/// <summary>What our DKIM signatures cover on a route (RFC 6376 §5.4).</summary>
public enum DkimScope
{
    /// <summary>Nothing: the provider alone signs.</summary>
    None,

    /// <summary>The body, and every field but Date and Message-ID, which the provider replaces.</summary>
    WithoutDateAndMessageId,

    /// <summary>The body, and every field but Sender, which the provider adds.</summary>
    WithoutSender,

    /// <summary>The body and every field that recipients rely on.</summary>
    Full,
}
