namespace TransactionalMail;

/// <summary>One attempt that failed as a whole.</summary>
public sealed class MailTransportException : MailException
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="problem">What happened and what to do, without secrets, content and recipients' addresses.</param>
    /// <param name="innerException">The cause, if another exception was one.</param>
    public MailTransportException(TransportFailure failure, string transportName, string problem, Exception? innerException = null)
        : base($"Transport \"{transportName}\": {problem}", innerException)
    {
        Failure = failure;
        TransportName = transportName;
    }

    /// <summary>Gets the kind of failure.</summary>
    public TransportFailure Failure { get; }

    /// <summary>Gets the transport's name.</summary>
    public string TransportName { get; }

    /// <summary>Gets the relay's or provider's own code: <c>550</c>, <c>InactiveRecipient</c>.</summary>
    public string? ProviderCode { get; init; }

    /// <summary>Gets the enhanced status code (RFC 3463), such as <c>5.1.1</c>.</summary>
    public string? EnhancedCode { get; init; }

    /// <summary>Gets how long the relay asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets whether the mail may have gone out all the same: its content was sent and the answer was lost.</summary>
    public bool MayHaveBeenAccepted { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient =>
        Failure is TransportFailure.Network or TransportFailure.Timeout or TransportFailure.Unavailable or TransportFailure.Throttled;

    /// <summary>Gets whether no other attempt would help.</summary>
    internal bool IsFinal => Failure is TransportFailure.RecipientsRejected or TransportFailure.MessageRejected;

    /// <summary>Gets whether the failure is about this mail and says nothing against the transport.</summary>
    internal bool IsOfTheMessage => IsFinal || Failure is TransportFailure.MessageTooLarge or TransportFailure.UnsupportedFeature;
}
