namespace TransactionalMail.Idempotency;

/// <summary>How things stand with an idempotency key, for whoever asks.</summary>
public enum IdempotencyState
{
    /// <summary>The caller holds it, and may send.</summary>
    Held,

    /// <summary>Somebody else is sending.</summary>
    Busy,

    /// <summary>The mail was sent; the receipt is there.</summary>
    Settled,

    /// <summary>The mail was enqueued.</summary>
    Enqueued,
}
