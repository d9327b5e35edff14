namespace TransactionalMail.Outbox;

/// <summary>An entry that belongs to one worker for a while.</summary>
/// <param name="Entry">The entry; a worker hands it back changed.</param>
/// <param name="Token">The fencing token, greater than that of every earlier lease of this entry.</param>
public sealed record OutboxLease(OutboxEntry Entry, long Token);
