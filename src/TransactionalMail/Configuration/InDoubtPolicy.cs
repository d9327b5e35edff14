namespace TransactionalMail;

/// <summary>What a stream does with a mail whose content went out and whose answer was lost.</summary>
public enum InDoubtPolicy
{
    /// <summary>Tries again on the same transport with the same Message-ID: the mail arrives at least once, seldom twice.</summary>
    Retry,

    /// <summary>Stops and reports <see cref="RecipientStatus.Unknown"/>: the mail arrives at most once.</summary>
    Stop,
}
