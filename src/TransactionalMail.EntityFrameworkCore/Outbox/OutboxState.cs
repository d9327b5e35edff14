namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Where a mail stands. The numbers are stored.</summary>
internal enum OutboxState : short
{
    Waiting = 0,
    Leased = 1,
    Dead = 2,

    /// <summary>Kept for people to look at until it is due, which is when its time is over.</summary>
    Sent = 3,
}
