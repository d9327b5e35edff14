namespace TransactionalMail;

/// <summary>Why nothing is sent to a recipient.</summary>
public enum SuppressionReason
{
    /// <summary>The mailbox does not exist.</summary>
    HardBounce,

    /// <summary>The recipient reported mail as spam.</summary>
    Complaint,

    /// <summary>The recipient wants no more mail of a stream.</summary>
    Unsubscribe,

    /// <summary>Somebody put the recipient on the list.</summary>
    Manual,
}
