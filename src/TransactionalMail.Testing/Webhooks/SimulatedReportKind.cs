namespace TransactionalMail.Testing;

/// <summary>What a simulated provider reports of a mail.</summary>
public enum SimulatedReportKind
{
    /// <summary>The recipient's server took it.</summary>
    Delivery,

    /// <summary>It came back for good: there is no such mailbox.</summary>
    HardBounce,

    /// <summary>It came back for now, and is not tried again: the mailbox is full.</summary>
    SoftBounce,

    /// <summary>The recipient calls it spam.</summary>
    Complaint,

    /// <summary>The recipient wants no more of its kind.</summary>
    Unsubscribe,

    /// <summary>The recipient opened it.</summary>
    Open,

    /// <summary>The recipient followed a link.</summary>
    Click,
}
