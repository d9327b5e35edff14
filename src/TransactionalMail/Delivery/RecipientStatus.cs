namespace TransactionalMail;

/// <summary>What became of a mail for one recipient.</summary>
public enum RecipientStatus
{
    /// <summary>The relay took custody.</summary>
    Accepted,

    /// <summary>The relay refused for now.</summary>
    Deferred,

    /// <summary>The relay refused for good.</summary>
    Rejected,

    /// <summary>Not sent: the recipient is on the suppression list.</summary>
    Suppressed,

    /// <summary>Nobody can know: the answer was lost after the content went out.</summary>
    Unknown,
}
