namespace TransactionalMail.Events;

/// <summary>What became of events at the audit.</summary>
/// <param name="New">Those it did not have, by id, as they were recorded.</param>
/// <param name="Failure">What it failed with, or <see langword="null"/>.</param>
internal readonly record struct EventRecording(IReadOnlyDictionary<Guid, MailEvent> New, Exception? Failure);
