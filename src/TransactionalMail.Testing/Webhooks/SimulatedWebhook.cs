using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>A request by which a simulated provider reports, signed. Immutable; post it twice, and the provider has told twice.</summary>
/// <param name="Headers">The fields, <c>Content-Type</c> and what proves the request among them.</param>
/// <param name="Body">The body, byte for byte.</param>
public sealed record SimulatedWebhook(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    private static readonly HttpClient s_client = new();

    /// <summary>Providers escape what JSON must have escaped, and nothing else.</summary>
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets the body as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Posts the request, once: a provider that got no 200 would repeat it.</summary>
    /// <param name="webhook">Where it is received, such as <c>http://localhost:5000/mail/webhooks/postmark</c>; relative to the client's base address, where there is one.</param>
    /// <param name="client">Who posts it, such as the client of a <c>WebApplicationFactory</c>; an ordinary client where it is <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>The status of the answer.</returns>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<HttpStatusCode> PostAsync(Uri webhook, HttpClient? client = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook) { Content = new ReadOnlyMemoryContent(Body) };
        foreach (var (name, value) in Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await (client ?? s_client).SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode;
    }

    /// <summary>Returns the size, never a field or the body.</summary>
    public override string ToString() => $"SimulatedWebhook {{ Body: {Body.Length} bytes }}";

    /// <summary>Makes a request of JSON.</summary>
    internal static SimulatedWebhook Of(ReadOnlyMemory<byte> body, string contentType, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = contentType };
        foreach (var (name, value) in fields) headers.Add(name, value);
        return new SimulatedWebhook(headers, body);
    }

    /// <summary>Writes JSON on one line.</summary>
    internal static byte[] Write(JsonNode json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_plain)) json.WriteTo(writer);
        return stream.ToArray();
    }
}
