using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>Answers like SendGrid's API for sending: it checks key and fields, gives ids, and knows the sandbox.</summary>
public sealed class SendGridSimulator : ProviderSimulator
{
    private const int LargestPayload = 30 * 1024 * 1024;

    private static readonly Dictionary<string, JsonValueKind> s_fields = new(StringComparer.Ordinal)
    {
        ["personalizations"] = JsonValueKind.Array,
        ["from"] = JsonValueKind.Object,
        ["reply_to"] = JsonValueKind.Object,
        ["reply_to_list"] = JsonValueKind.Array,
        ["subject"] = JsonValueKind.String,
        ["content"] = JsonValueKind.Array,
        ["attachments"] = JsonValueKind.Array,
        ["headers"] = JsonValueKind.Object,
        ["categories"] = JsonValueKind.Array,
        ["custom_args"] = JsonValueKind.Object,
        ["send_at"] = JsonValueKind.Number,
        ["batch_id"] = JsonValueKind.String,
        ["asm"] = JsonValueKind.Object,
        ["ip_pool_name"] = JsonValueKind.String,
        ["mail_settings"] = JsonValueKind.Object,
        ["tracking_settings"] = JsonValueKind.Object,
    };

    private static readonly HashSet<string> s_ownHeaders = new(
        ["x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc"], StringComparer.OrdinalIgnoreCase);

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

        try
        {
            return JsonNode.Parse(request.Text) is JsonObject mail ? Accept(mail) : Refuse(HttpStatusCode.BadRequest, "Bad Request", null);
        }
        catch (JsonException)
        {
            return Refuse(HttpStatusCode.BadRequest, "Bad Request", null);
        }
    }

    private SimulatedAnswer Accept(JsonObject mail)
    {
        if (FindFault(mail) is var (field, message)) return Refuse(HttpStatusCode.BadRequest, message, field);

        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        if (mail["mail_settings"]?["sandbox_mode"]?["enable"]?.GetValueKind() is JsonValueKind.True) return new SimulatedAnswer(HttpStatusCode.OK, "");
        lock (_lock) _mails.Add(mail);
        return new SimulatedAnswer(HttpStatusCode.Accepted, "") { Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Message-Id"] = id } };
    }

    private static (string Field, string Message)? FindFault(JsonObject mail)
    {
        foreach (var (name, value) in mail)
        {
            if (!s_fields.TryGetValue(name, out var kind)) return (name, $"Additional property {name} is not allowed");
            if (value?.GetValueKind() != kind) return (name, $"Invalid type. Expected: {kind}, given: {value?.GetValueKind()}.");
        }

        if (!IsAddress(mail["from"])) return ("from.email", "The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter.");
        if (mail["reply_to"] is not null && mail["reply_to_list"] is not null) return ("reply_to", "Only one of reply_to and reply_to_list may be given.");
        if (!((mail["reply_to_list"] as JsonArray)?.All(IsAddress) ?? true)) return ("reply_to_list", "The email in the reply_to_list object is not a valid email address.");
        if ((string?)mail["subject"] is not { Length: > 0 }) return ("subject", "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.");
        return FindFaultIn(mail["personalizations"] as JsonArray ?? [])
            ?? FindFaultInContent(mail["content"] as JsonArray ?? [])
            ?? (mail["attachments"] as JsonArray ?? []).Select(FindFaultInAttachment).FirstOrDefault(static fault => fault is not null)
            ?? FindFaultInHeaders(mail["headers"] as JsonObject ?? [])
            ?? FindFaultInCategories(mail["categories"] as JsonArray ?? [])
            ?? FindFaultInCustomArgs(mail["custom_args"] as JsonObject)
            ?? FindFaultInSettings(mail);
    }

    private static (string, string)? FindFaultIn(JsonArray personalizations)
    {
        if (personalizations.Count == 0) return ("personalizations", "You must have at least one personalization.");
        if (personalizations.Count > 1000) return ("personalizations", "The personalization block is limited to 1000 personalizations per API request.");

        var recipients = 0;
        foreach (var personalization in personalizations)
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var list in (string[])["to", "cc", "bcc"])
            {
                if (personalization?[list] is null && list is not "to") continue;
                if (personalization?[list] is not JsonArray { Count: > 0 } addresses || !addresses.All(IsAddress)) return ($"personalizations.{list}", $"The {list} array, when used, must at least have an email parameter with a valid email address and it may also contain a name parameter.");
                recipients += addresses.Count;
                if (addresses.FirstOrDefault(a => !seen.Add((string)a!["email"]!)) is not null) return ("personalizations", "Each unique email address in the personalizations array should only be included once.");
                if (addresses.Any(static a => (string?)a!["name"] is { } name && !name.StartsWith('"') && name.AsSpan().ContainsAny(',', ';'))) return ($"personalizations.{list}", "The name may not contain a comma or a semicolon unless it is quoted.");
            }
        }

        return recipients > 1000 ? ("personalizations", "There is a limit of 1000 total recipients (to + cc + bcc) per request.") : null;
    }

    private static (string, string)? FindFaultInContent(JsonArray content)
    {
        string[] types = [.. content.Select(static c => (string?)c?["type"] ?? "")];
        if (content.Count == 0 || content.Any(static c => (string?)c?["value"] is not { Length: > 0 })) return ("content.value", "The content value must be a string at least one character in length.");
        if (Array.IndexOf(types, "text/plain") > 0) return ("content", "If present, text/plain and text/html may only be provided once, and text/plain must come first.");
        return types.Distinct(StringComparer.Ordinal).Count() < types.Length ? ("content", "If present, text/plain and text/html may only be provided once.") : null;
    }

    private static (string, string)? FindFaultInAttachment(JsonNode? attachment)
    {
        if ((string?)attachment?["content"] is not { Length: > 0 } content || !Convert.TryFromBase64String(content, new byte[content.Length], out _)) return ("attachments.content", "The attachment content must be base64 encoded, and at least one character in length.");
        if ((string?)attachment["filename"] is not { Length: > 0 }) return ("attachments.filename", "The filename of your attachment is required.");
        if ((string?)attachment["disposition"] is not (null or "inline" or "attachment")) return ("attachments.disposition", "The disposition of your attachment can be either \"inline\" or \"attachment\".");
        if (((string?)attachment["type"] ?? "x").AsSpan().ContainsAny(";\r\n")) return ("attachments.type", "The type of your attachment must not contain ; or CRLF characters.");
        return ((string?)attachment["content_id"] ?? "x").AsSpan().ContainsAny("<>\r\n") ? ("attachments.content_id", "The content ID of your attachment cannot contain CRLF characters or brackets.") : null;
    }

    private static (string, string)? FindFaultInHeaders(JsonObject headers)
    {
        foreach (var (name, value) in headers)
        {
            if (s_ownHeaders.Contains(name)) return ("headers", "Header cannot be one of the reserved keys.");
            if (name.Any(static c => c is <= ' ' or > '~')) return ("headers", "Header keys cannot contain non-ASCII characters or empty spaces.");
            if (value?.GetValueKind() is not JsonValueKind.String) return ("headers", "All values of the headers object must be strings.");
        }

        return headers.DistinctBy(static h => h.Key, StringComparer.OrdinalIgnoreCase).Count() < headers.Count ? ("headers", "The headers cannot contain duplicate keys.") : null;
    }

    private static (string, string)? FindFaultInCategories(JsonArray categories)
    {
        if (categories.Count > 10) return ("categories", "You cannot have more than 10 categories per email.");
        if (categories.Any(static c => c?.GetValueKind() is not JsonValueKind.String || ((string)c!).Length > 255 || ((string)c!).Any(static l => l > '~'))) return ("categories", "You cannot have a category that is longer than 255 characters, or not ASCII.");
        return categories.Select(static c => (string)c!).Distinct(StringComparer.OrdinalIgnoreCase).Count() < categories.Count ? ("categories", "Each category must be unique.") : null;
    }

    private static (string, string)? FindFaultInCustomArgs(JsonObject? arguments)
    {
        if (arguments is null) return null;
        if (arguments.Count == 0) return ("custom_args", "custom_args cannot be empty.");
        if (arguments.Any(static a => a.Value?.GetValueKind() is not JsonValueKind.String)) return ("custom_args", "All values of custom arguments object must be strings");
        return System.Text.Encoding.UTF8.GetByteCount(arguments.ToJsonString()) > 10_000 ? ("custom_args", "The combined size of both global and personalization custom arguments may not exceed 10,000 bytes per personalization.") : null;
    }

    private static (string, string)? FindFaultInSettings(JsonObject mail)
    {
        if (mail["asm"] is { } asm && asm["group_id"]?.GetValueKind() is not JsonValueKind.Number) return ("asm.group_id", "The ASM group ID must be an integer.");
        if ((string?)mail["ip_pool_name"] is { Length: < 2 or > 64 }) return ("ip_pool_name", "The ip_pool_name must be a string between 2 and 64 characters.");
        string[][] switches = [["mail_settings", "sandbox_mode"], ["tracking_settings", "click_tracking"], ["tracking_settings", "open_tracking"]];
        foreach (var path in switches)
        {
            if (mail[path[0]]?[path[1]] is { } setting && setting["enable"]?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)) return ($"{path[0]}.{path[1]}.enable", "The enable parameter must be a boolean.");
        }

        return null;
    }

    private static bool IsAddress(JsonNode? node) => node is JsonObject address && address.All(static a => a.Key is "email" or "name") && EmailAddress.TryParse((string?)address["email"], null, out _);

    private static SimulatedAnswer Refuse(HttpStatusCode status, string message, string? field) =>
        new(status, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["field"] = field, ["help"] = null }) }.ToJsonString());
}
