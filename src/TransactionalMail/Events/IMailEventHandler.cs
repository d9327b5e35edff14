namespace TransactionalMail;

/// <summary>Is told what happens to mail. Added with <see cref="TransactionalMailBuilder.AddEventHandler{T}"/>.</summary>
/// <remarks>
/// <para>
/// Events arrive one at a time, those of one mail in order, after audit and suppression list took note. Each handler gets each event
/// in a scope of its own, so that it may take a <c>DbContext</c>; it may send mail as well. They are held in memory only: an event
/// that a crash takes away, or that is still waiting when the host gives up stopping, does not come again.
/// </para>
/// <para>
/// The next event waits until this one is handled, and senders are slowed down once too many wait, so be quick; whatever takes long
/// belongs into a queue of the application. Let exceptions escape: they are counted and logged, with their details at level Debug,
/// and fail neither the mail nor other handlers.
/// </para>
/// </remarks>
public interface IMailEventHandler
{
    /// <summary>Acts on one event.</summary>
    /// <param name="mailEvent">The event. Tell kinds apart by type: <c>if (mailEvent is MailBounced { BounceKind: BounceKind.Hard })</c>.</param>
    /// <param name="cancellationToken">Cancelled when the application ends before the event was handled.</param>
    ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken);
}
