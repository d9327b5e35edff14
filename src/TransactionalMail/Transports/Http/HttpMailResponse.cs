using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TransactionalMail.Transports.Http;

/// <summary>What a provider answered, as far as it was read.</summary>
/// <param name="StatusCode">The status.</param>
/// <param name="Body">The body, of 1 MiB at most; cut short where it was longer or the connection broke.</param>
/// <param name="RetryAfter">How long the provider asks to wait (RFC 9110 §10.2.3); <see langword="null"/> where it does not say, or nothing sensible.</param>
public sealed record HttpMailResponse(HttpStatusCode StatusCode, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    /// <summary>Gets the fields of the answer; names ignore case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets whether the status is 2xx.</summary>
    public bool IsSuccess => (int)StatusCode is >= 200 and < 300;

    /// <summary>Reads the body as JSON; returns <see langword="null"/> where it is something else.</summary>
    public T? TryRead<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Body.IsEmpty ? null : JsonSerializer.Deserialize(Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns the status, never the body.</summary>
    public override string ToString() => $"HttpMailResponse {{ StatusCode: {(int)StatusCode}, Body: {Body.Length} bytes }}";
}
