namespace TransactionalMail.Bounces;

/// <summary>What a reporter did for a recipient (RFC 3464 §2.3.3).</summary>
internal enum ReportedAction
{
    Failed,
    Delayed,
    Delivered,

    /// <summary>Handed to a system that reports nothing, or expanded to other recipients: nothing is known of the mailbox.</summary>
    PassedOn,
}
