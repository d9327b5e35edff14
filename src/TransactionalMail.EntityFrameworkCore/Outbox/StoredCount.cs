namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>How many mails of a stream are in a state.</summary>
internal sealed record StoredCount(string Stream, OutboxState State, long Count, long OldestDueAt, long Now);
