namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A row that could not be read, and what becomes of it.</summary>
/// <param name="Id">The row.</param>
/// <param name="Token">Its lease, where it was leased.</param>
/// <param name="State">Dead, or waiting once more.</param>
/// <param name="Pause">For how long it is left alone, where it waits.</param>
/// <param name="Failure">What people read.</param>
internal sealed record UnreadableMail(Guid Id, long Token, OutboxState State, TimeSpan Pause, string Failure);
