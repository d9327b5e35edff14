using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace TransactionalMail.Testing;

/// <summary>Answers like SendGrid's API for sending: it checks key and fields, gives ids, knows the sandbox, and reports.</summary>
public sealed class SendGridSimulator : ProviderSimulator
{
    private const int LargestPayload = 30 * 1024 * 1024;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly AcceptedMails<JsonObject> _mails = new();
    private readonly SendGridKey _key = new();

    /// <summary>Gets or sets the key that requests must bring.</summary>
    /// <value>The default is <c>simulated-key</c>.</value>
    public string ApiKey { get; init; } = "simulated-key";

    /// <summary>Gets the bodies of the requests that were accepted and not for the sandbox, in order.</summary>
    public IReadOnlyList<JsonObject> Mails => _mails.Contents;

    /// <summary>Gets the key that reports are verified with: the transport's <c>WebhookPublicKey</c>. Each simulator makes its own.</summary>
    public string WebhookPublicKey => _key.Public;

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

    private protected override SimulatedWebhook CreateWebhook(SimulatedReport report, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] body = [.. SimulatedWebhook.Write(new JsonArray(SendGridReports.Write(_mails.Find(report), report, report.OccurredAt ?? now))), .. "\r\n"u8]; // the line's end is signed as well
        return SimulatedWebhook.Of(
            body,
            "application/json;charset=utf-8",
            ("X-Twilio-Email-Event-Webhook-Timestamp", timestamp),
            ("X-Twilio-Email-Event-Webhook-Signature", _key.Sign(timestamp, body)));
    }

    private SimulatedAnswer Accept(JsonObject mail)
    {
        if (SendGridRules.FindFault(mail) is var (field, message)) return Refuse(HttpStatusCode.BadRequest, message, field);

        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        if (mail["mail_settings"]?["sandbox_mode"]?["enable"]?.GetValueKind() is JsonValueKind.True) return new SimulatedAnswer(HttpStatusCode.OK, "");
        _mails.Add(new AcceptedMail<JsonObject>(id, Clock.GetUtcNow(), [.. mail["personalizations"]!.AsArray().SelectMany(static part => SendGridRules.RecipientsOf(part!))], mail));
        return new SimulatedAnswer(HttpStatusCode.Accepted, "") { Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Message-Id"] = id } };
    }

    private static SimulatedAnswer Refuse(HttpStatusCode status, string message, string? field) =>
        new(status, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["field"] = field, ["help"] = null }) }.ToJsonString());
}
