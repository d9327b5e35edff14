using System.Net;

namespace TransactionalMail.Testing;

/// <summary>What a simulated provider answers.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">The <c>Retry-After</c> field, or <see langword="null"/> for none.</param>
public sealed record SimulatedAnswer(HttpStatusCode Status, string Body = "{}", string? RetryAfter = null)
{
    /// <summary>Gets the type of the body.</summary>
    /// <value>The default is <c>application/json</c>.</value>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Gets further fields.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
