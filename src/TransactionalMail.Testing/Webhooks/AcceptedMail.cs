namespace TransactionalMail.Testing;

/// <summary>A mail that a simulated provider accepted, and what its reports call it.</summary>
/// <param name="Id">The id that the provider answered with.</param>
/// <param name="AcceptedAt">When.</param>
/// <param name="Recipients">Whom it is for, as addresses alone.</param>
/// <param name="Content">The mail as that provider takes it.</param>
internal sealed record AcceptedMail<T>(string Id, DateTimeOffset AcceptedAt, IReadOnlyList<string> Recipients, T Content);
