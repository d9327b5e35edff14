namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Where a mail stands. The numbers are stored.</summary>
internal enum OutboxState : short
{
    Waiting = 0,
    Leased = 1,
    Dead = 2,
}
