namespace TransactionalMail.Transports;

/// <summary>Hands a mail to a relay or a provider.</summary>
/// <remarks>
/// <para>Implementations are thread-safe singletons; <see cref="SendAsync"/> is called concurrently.</para>
/// <para>They neither retry nor fail over: the library owns both and needs to see every failure.</para>
/// </remarks>
public interface IMailTransport
{
    /// <summary>Gets what a mail may ask for here. A mail that asks for more never reaches <see cref="SendAsync"/>.</summary>
    MailFeatures Features { get; }

    /// <summary>Makes one attempt to hand the mail over.</summary>
    /// <param name="mail">The mail; its envelope holds the recipients still to try.</param>
    /// <param name="cancellationToken">Ends the attempt. Observe it as <see cref="OperationCanceledException"/> only while the mail cannot have gone out.</param>
    /// <returns>One outcome for each recipient of the envelope, also where all were refused.</returns>
    /// <exception cref="MailTransportException">The attempt failed as a whole. Set <see cref="MailTransportException.MayHaveBeenAccepted"/> where the answer was lost after the content went out. Let unforeseen exceptions escape.</exception>
    Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken);
}
