namespace TransactionalMail.Outbox;

/// <summary>What becomes of an entry after an attempt.</summary>
internal enum OutboxFate
{
    /// <summary>Every recipient has an answer, and somebody has the mail.</summary>
    Done,

    /// <summary>Tried again when it is due.</summary>
    Again,

    /// <summary>Put aside for people to look at.</summary>
    GivenUp,
}
