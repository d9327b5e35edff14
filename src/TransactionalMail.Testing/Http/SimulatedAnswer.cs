using System.Net;

namespace TransactionalMail.Testing;

/// <summary>What a simulated provider answers.</summary>
/// <param name="Status">The status.</param>
/// <param name="Json">The body.</param>
/// <param name="RetryAfter">The <c>Retry-After</c> field, or <see langword="null"/> for none.</param>
public sealed record SimulatedAnswer(HttpStatusCode Status, string Json = "{}", string? RetryAfter = null);
