namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A column of values that a statement works on.</summary>
/// <param name="Name">Its name, which is its parameter's, too.</param>
/// <param name="Values">An array of one type.</param>
internal readonly record struct OutboxValues(string Name, Array Values);
