namespace TransactionalMail;

/// <summary>Why an attempt failed, in terms of what helps.</summary>
public enum TransportFailure
{
    /// <summary>The relay could not be reached or the connection broke. Transient.</summary>
    Network,

    /// <summary>The relay did not answer in time. Transient.</summary>
    Timeout,

    /// <summary>The relay asks to come back later. Transient.</summary>
    Unavailable,

    /// <summary>Too much at once. Transient.</summary>
    Throttled,

    /// <summary>The relay does not accept our credentials. Another transport may serve.</summary>
    Authentication,

    /// <summary>The relay does not accept this sender, or this client at all. Another transport may serve.</summary>
    SenderRejected,

    /// <summary>The account is exhausted or suspended. Another transport may serve.</summary>
    QuotaExceeded,

    /// <summary>No secure connection could be made. Another transport may serve.</summary>
    Tls,

    /// <summary>The transport cannot carry what the message asks for. Another one may.</summary>
    UnsupportedFeature,

    /// <summary>The message is larger than the relay accepts. Another transport may serve.</summary>
    MessageTooLarge,

    /// <summary>No recipient was accepted. Final.</summary>
    RecipientsRejected,

    /// <summary>The relay refuses this content. Final.</summary>
    MessageRejected,
}
