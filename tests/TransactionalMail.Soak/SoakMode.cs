namespace TransactionalMail.Soak;

/// <summary>What the program does.</summary>
internal enum SoakMode
{
    /// <summary>Sends many mails through faults, and judges what arrived.</summary>
    Soak,

    /// <summary>Measures the memory that a large attachment takes.</summary>
    Attachment,

    /// <summary>Measures how fast mail leaves, beside MailKit alone.</summary>
    Throughput,

    /// <summary>Is the relay of the other modes, in a process of its own.</summary>
    Relay,
}
