namespace TransactionalMail.Outbox;

/// <summary>What becomes of an entry after an attempt.</summary>
/// <param name="Fate">Whether it is done, tried again, or given up.</param>
/// <param name="Entry">The entry as it is from now on.</param>
internal sealed record OutboxVerdict(OutboxFate Fate, OutboxEntry Entry);
