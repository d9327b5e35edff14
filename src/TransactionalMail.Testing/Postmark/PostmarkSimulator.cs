using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>Answers like Postmark's API for sending: it checks token and fields, gives ids, knows inactive recipients, and reports.</summary>
public sealed class PostmarkSimulator : ProviderSimulator
{
    private static readonly JsonShape s_shape = JsonShape.Of(
        ("From", JsonShape.Text),
        ("To", JsonShape.Text),
        ("Cc", JsonShape.Text),
        ("Bcc", JsonShape.Text),
        ("ReplyTo", JsonShape.Text),
        ("Subject", JsonShape.Text),
        ("Tag", JsonShape.Text),
        ("HtmlBody", JsonShape.Text),
        ("TextBody", JsonShape.Text),
        ("Headers", JsonShape.ListOf(JsonShape.Of(("Name", JsonShape.Text), ("Value", JsonShape.Text)))),
        ("TrackOpens", JsonShape.Switch),
        ("TrackLinks", JsonShape.Text),
        ("Attachments", JsonShape.ListOf(JsonShape.Of(("Name", JsonShape.Text), ("Content", JsonShape.Text), ("ContentType", JsonShape.Text), ("ContentID", JsonShape.Text)))),
        ("Metadata", JsonShape.Map),
        ("MessageStream", JsonShape.Text));

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly Lock _lock = new();
    private readonly AcceptedMails<JsonObject> _mails = new();
    private readonly HashSet<string> _inactive = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets the token that requests must bring.</summary>
    /// <value>The default is <c>simulated-token</c>.</value>
    public string Token { get; init; } = "simulated-token";

    /// <summary>Gets the bodies of the requests that were accepted, in order.</summary>
    public IReadOnlyList<JsonObject> Mails => _mails.Contents;

    /// <summary>Gets or sets the user that reports name: the transport's <c>WebhookUserName</c>.</summary>
    /// <value>The default is <c>postmark</c>.</value>
    public string WebhookUserName { get; init; } = "postmark";

    /// <summary>Gets or sets the password that proves reports: the transport's <c>WebhookPassword</c>.</summary>
    /// <value>The default is <c>simulated-webhook-password</c>.</value>
    public string WebhookPassword { get; init; } = "simulated-webhook-password";

    /// <summary>Marks a recipient as inactive, as after a hard bounce: Postmark sends nothing there.</summary>
    public void Deactivate(EmailAddress recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        lock (_lock) _inactive.Add(recipient.SmtpAddress);
    }

    private protected override SimulatedAnswer Serve(SimulatedRequest request)
    {
        if (request is not { Method: "POST", Path: "/email" }) return new SimulatedAnswer(HttpStatusCode.NotFound);
        if (request.Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true) return Error(HttpStatusCode.UnsupportedMediaType, 409, "JSON required");
        var token = request.Headers.GetValueOrDefault("X-Postmark-Server-Token");
        var isReal = string.Equals(token, Token, StringComparison.Ordinal);
        if (!isReal && token is not "POSTMARK_API_TEST") return Error(HttpStatusCode.Unauthorized, 10, "No Account or Server API tokens were supplied in the HTTP headers.");

        JsonObject? mail;
        try
        {
            mail = JsonNode.Parse(request.Body.Span, documentOptions: s_strict) as JsonObject;
        }
        catch (JsonException)
        {
            mail = null;
        }

        return mail is null ? Error(HttpStatusCode.UnprocessableEntity, 402, "Invalid JSON") : Accept(mail, isReal);
    }

    private protected override SimulatedWebhook CreateWebhook(SimulatedReport report, DateTimeOffset now) => SimulatedWebhook.Of(
        SimulatedWebhook.Write(PostmarkReports.Write(_mails.Find(report), report, report.OccurredAt ?? now)),
        "application/json",
        ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebhookUserName}:{WebhookPassword}"))}"));

    private SimulatedAnswer Accept(JsonObject mail, bool isReal)
    {
        if (s_shape.FindFault(mail) is var (path, problem)) return Invalid(403, $"Invalid field '{path}': {problem}");
        if (mail["Metadata"] is JsonObject metadata && metadata.Any(static m => m.Value?.GetValueKind() is not JsonValueKind.String)) return Invalid(403, "Invalid 'Metadata': its values are texts");
        if ((string?)mail["TrackLinks"] is not (null or "None" or "HtmlAndText" or "HtmlOnly" or "TextOnly")) return Invalid(403, "Invalid 'TrackLinks'");
        if ((string?)mail["From"] is not { Length: > 0 }) return Invalid(300, "Invalid 'From' address");
        if (AddressesOf(mail, "From").Concat(AddressesOf(mail, "To")).Concat(AddressesOf(mail, "Cc")).Concat(AddressesOf(mail, "Bcc")).Concat(AddressesOf(mail, "ReplyTo")).Any(static a => a.Length == 0)) return Invalid(300, "Invalid email address");
        var recipients = AddressesOf(mail, "To").Concat(AddressesOf(mail, "Cc")).Concat(AddressesOf(mail, "Bcc")).ToArray();
        if (recipients.Length is 0 or > 50) return Invalid(300, "A mail has 1 to 50 recipients");
        if (string.IsNullOrEmpty((string?)mail["HtmlBody"]) && string.IsNullOrEmpty((string?)mail["TextBody"])) return Invalid(300, "Provide either email TextBody or HtmlBody or both.");

        lock (_lock)
        {
            var inactive = recipients.Where(_inactive.Contains).Select(static r => r.ToLowerInvariant()).ToArray();
            if (inactive.Length == recipients.Length) return Invalid(406, $"You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: {string.Join(", ", inactive)}.");
            var now = Clock.GetUtcNow();
            var id = Guid.NewGuid().ToString();
            if (isReal) _mails.Add(new AcceptedMail<JsonObject>(id, now, recipients, mail));
            return new SimulatedAnswer(HttpStatusCode.OK, new JsonObject
            {
                ["To"] = (string?)mail["To"],
                ["SubmittedAt"] = PostmarkReports.Time(now),
                ["MessageID"] = id,
                ["ErrorCode"] = 0,
                ["Message"] = !isReal ? "Test job accepted"
                    : inactive.Length == 0 ? "OK"
                    : $"Message OK, but will not deliver to these inactive addresses: {string.Join(", ", inactive)}.",
            }.ToJsonString());
        }
    }

    /// <summary>Reads the addresses of a list, whose display names may hold commas in quotes; one that is none is empty.</summary>
    private static IEnumerable<string> AddressesOf(JsonObject mail, string field)
    {
        var list = (string?)mail[field] ?? "";
        for (var (start, isQuoted, i) = (0, false, 0); i <= list.Length; i++)
        {
            if (i < list.Length && list[i] is '\\') i++;
            else if (i < list.Length && list[i] is '"') isQuoted = !isQuoted;
            else if ((i == list.Length || list[i] is ',') && !isQuoted && list[start..i].Trim() is { Length: > 0 } one)
            {
                yield return EmailAddress.TryParse(one, null, out var address) ? address.SmtpAddress : "";
                start = i + 1;
            }
        }
    }

    private static SimulatedAnswer Invalid(int code, string message) => Error(HttpStatusCode.UnprocessableEntity, code, message);

    private static SimulatedAnswer Error(HttpStatusCode status, int code, string message) => new(status, new JsonObject { ["ErrorCode"] = code, ["Message"] = message }.ToJsonString());
}
