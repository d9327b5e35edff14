using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace TransactionalMail.Testing;

/// <summary>Answers like SendGrid's API for sending: it checks key and fields, gives ids, and knows the sandbox.</summary>
public sealed class SendGridSimulator : ProviderSimulator
{
    private const int LargestPayload = 30 * 1024 * 1024;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly Lock _lock = new();
    private readonly List<JsonObject> _mails = [];

    /// <summary>Gets or sets the key that requests must bring.</summary>
    /// <value>The default is <c>simulated-key</c>.</value>
    public string ApiKey { get; init; } = "simulated-key";

    /// <summary>Gets the bodies of the requests that were accepted and not for the sandbox, in order.</summary>
    public IReadOnlyList<JsonObject> Mails
    {
        get
        {
            lock (_lock) return [.. _mails];
        }
    }

    private protected override SimulatedAnswer Serve(SimulatedRequest request)
    {
        if (!string.Equals(request.Headers.GetValueOrDefault("Authorization"), $"Bearer {ApiKey}", StringComparison.Ordinal)) return Refuse(HttpStatusCode.Unauthorized, "The provided authorization grant is invalid, expired, or revoked", null);
        if (request is not { Path: "/v3/mail/send" }) return new SimulatedAnswer(HttpStatusCode.NotFound);
        if (request is not { Method: "POST" }) return Refuse(HttpStatusCode.MethodNotAllowed, "method not allowed", null);
        if (request.Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true) return Refuse(HttpStatusCode.UnsupportedMediaType, "The Content-Type should be application/json.", null);
        if (request.Body.Length >= LargestPayload) return Refuse(HttpStatusCode.RequestEntityTooLarge, "The maximum payload size is 30 MB", null);
        if (!Utf8.IsValid(request.Body.Span)) return Refuse(HttpStatusCode.BadRequest, "Invalid UTF8 in request", null);

        try
        {
            return JsonNode.Parse(request.Body.Span, documentOptions: s_strict) is JsonObject mail ? Accept(mail) : Refuse(HttpStatusCode.BadRequest, "Bad Request", null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The latter is an escaped half of a surrogate pair, noticed when the text is read.
            return Refuse(HttpStatusCode.BadRequest, "Bad Request", null);
        }
    }

    private SimulatedAnswer Accept(JsonObject mail)
    {
        if (SendGridRules.FindFault(mail) is var (field, message)) return Refuse(HttpStatusCode.BadRequest, message, field);

        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        if (mail["mail_settings"]?["sandbox_mode"]?["enable"]?.GetValueKind() is JsonValueKind.True) return new SimulatedAnswer(HttpStatusCode.OK, "");
        lock (_lock) _mails.Add(mail);
        return new SimulatedAnswer(HttpStatusCode.Accepted, "") { Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Message-Id"] = id } };
    }

    private static SimulatedAnswer Refuse(HttpStatusCode status, string message, string? field) =>
        new(status, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["field"] = field, ["help"] = null }) }.ToJsonString());
}
