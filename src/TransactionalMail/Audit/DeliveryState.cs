namespace TransactionalMail.Audit;

/// <summary>How far a mail is known to have come for one recipient. A later value outranks an earlier one, whichever was told first.</summary>
public enum DeliveryState
{
    /// <summary>Nothing is known that says so.</summary>
    Unknown,

    /// <summary>No relay has taken it yet; the library tries again.</summary>
    Deferred,

    /// <summary>It was held back: the recipient is on the suppression list.</summary>
    Suppressed,

    /// <summary>The library gave it up.</summary>
    Failed,

    /// <summary>A relay or a provider has it.</summary>
    Accepted,

    /// <summary>The relay has not been able to pass it on yet, and tries again.</summary>
    Delayed,

    /// <summary>The recipient's server has it.</summary>
    Delivered,

    /// <summary>It came back, whatever was said before.</summary>
    Bounced,
}
