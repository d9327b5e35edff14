using TransactionalMail.Webhooks;

namespace TransactionalMail.Events;

/// <summary>Events that were published together and share one place in the queue.</summary>
/// <param name="Events">The events, in order; none where somebody only wants to know when the queue got here.</param>
/// <param name="HoldsPlace">Whether it took one of the queue's places, which is given back when it is done.</param>
/// <param name="Done">Completed when every event before and in it was handled.</param>
/// <param name="Stored">Completed with the number of new ones when audit and suppression list have them; those told before are not handled again.</param>
internal readonly record struct EventPublication(IReadOnlyList<MailEvent> Events, bool HoldsPlace, TaskCompletionSource? Done = null, TaskCompletionSource<int>? Stored = null)
{
    /// <summary>Gets whether somebody outside told it, perhaps not for the first time.</summary>
    public bool IsTold => Stored is not null;

    /// <summary>Lets whoever told it know that it is to be told again, and whoever waits that it will not be handled.</summary>
    public void Fail(Exception reason)
    {
        Stored?.TrySetException(new MailEventsNotStoredException(reason));
        Done?.TrySetCanceled();
    }
}
