namespace TransactionalMail.Bounces;

/// <summary>What a server answered to, which says what its answer is about.</summary>
internal enum SmtpStage
{
    Unknown,

    /// <summary>The connection, or the sender: before it knew of any recipient.</summary>
    Sender,

    /// <summary>The recipient.</summary>
    Recipient,

    /// <summary>The content, after it had accepted the recipient.</summary>
    Content,
}
