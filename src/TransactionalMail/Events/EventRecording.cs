namespace TransactionalMail.Events;

/// <summary>What became of events at the audit.</summary>
/// <param name="New">The ids of those it did not have.</param>
/// <param name="Failure">What it failed with, or <see langword="null"/>.</param>
internal readonly record struct EventRecording(IReadOnlySet<Guid> New, Exception? Failure);
