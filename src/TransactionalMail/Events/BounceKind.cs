namespace TransactionalMail;

/// <summary>What a bounce says about the recipient.</summary>
public enum BounceKind
{
    /// <summary>The report does not say enough.</summary>
    Undetermined,

    /// <summary>The mailbox or its domain does not exist; no mail will ever arrive there.</summary>
    Hard,

    /// <summary>The mailbox could not take this mail: full, too large, or its server was unreachable for too long. Another mail may arrive.</summary>
    Soft,

    /// <summary>The server refuses the sender or the content: a block list, a policy, spam. It says nothing about the mailbox.</summary>
    Blocked,
}
