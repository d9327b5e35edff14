namespace TransactionalMail.Outbox;

/// <summary>How full one stream's lane is.</summary>
/// <param name="StreamName">The stream.</param>
/// <param name="Waiting">How many mails wait, also for a later time.</param>
/// <param name="InDelivery">How many mails are leased.</param>
/// <param name="DeadLetters">How many mails were given up.</param>
/// <param name="OldestDueAt">When the mail that waits longest was due, or <see langword="null"/> where none is due yet.</param>
public sealed record OutboxDepth(string StreamName, int Waiting, int InDelivery, int DeadLetters, DateTimeOffset? OldestDueAt);
