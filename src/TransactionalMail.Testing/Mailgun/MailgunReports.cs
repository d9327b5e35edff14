using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>What Mailgun writes in its reports, and how it signs them: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks.</summary>
internal static class MailgunReports
{
    /// <summary>Writes the event.</summary>
    public static JsonObject Write(AcceptedMail<SimulatedMimeMail> mail, SimulatedReport report, DateTimeOffset at)
    {
        var data = report.Kind switch
        {
            SimulatedReportKind.Delivery => Tried(mail, report, "delivered", "info", Status(250, "", "OK")),
            SimulatedReportKind.HardBounce => Failed(mail, report, "bounce", Status(550, "5.1.1", "5.1.1 The email account that you tried to reach does not exist.")),
            SimulatedReportKind.SoftBounce => Failed(mail, report, "old", Status(602, "", "Too old")),
            SimulatedReportKind.Complaint => new JsonObject { ["event"] = "complained", ["log-level"] = "warn" },
            SimulatedReportKind.Unsubscribe => Read("unsubscribed"),
            SimulatedReportKind.Open => Read("opened"),
            SimulatedReportKind.Click => Read("clicked", report.Url),
            _ => throw new NotSupportedException($"Mailgun does not report {report.Kind}."),
        };
        data["id"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        data["timestamp"] = (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond / 1_000_000m;
        data["recipient"] = report.Recipient.SmtpAddress;
        data["recipient-domain"] = DomainOf(report.Recipient.SmtpAddress);
        data["campaigns"] = new JsonArray();
        data["tags"] = new JsonArray([.. ValuesOf(mail, "o:tag").Select(static tag => JsonValue.Create(tag))]);
        data["user-variables"] = new JsonObject(mail.Content.Settings.Where(static s => s.Key.StartsWith("v:", StringComparison.Ordinal)).Select(static s => KeyValuePair.Create(s.Key[2..], (JsonNode?)s.Value)));
        data["message"] = MessageOf(mail);
        return data;
    }

    /// <summary>Signs timestamp and a fresh token, which is all that Mailgun's signature covers.</summary>
    public static JsonObject Sign(string key, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var token = RandomNumberGenerator.GetHexString(50, lowercase: true);
        return new JsonObject
        {
            ["token"] = token,
            ["timestamp"] = timestamp,
            ["signature"] = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(timestamp + token))),
        };
    }

    private static JsonObject Tried(AcceptedMail<SimulatedMimeMail> mail, SimulatedReport report, string name, string level, JsonObject status)
    {
        using var message = mail.Content.Parse();
        return new JsonObject
        {
            ["event"] = name,
            ["log-level"] = level,
            ["delivery-status"] = status,
            ["envelope"] = new JsonObject { ["transport"] = "smtp", ["sender"] = message.From.Mailboxes.First().Address, ["sending-ip"] = "192.0.2.1", ["targets"] = report.Recipient.SmtpAddress },
            ["flags"] = new JsonObject { ["is-routed"] = false, ["is-authenticated"] = true, ["is-system-test"] = false, ["is-test-mode"] = false },
        };
    }

    private static JsonObject Failed(AcceptedMail<SimulatedMimeMail> mail, SimulatedReport report, string reason, JsonObject status)
    {
        var data = Tried(mail, report, "failed", "error", status);
        data["severity"] = "permanent";
        data["reason"] = reason;
        return data;
    }

    private static JsonObject Status(int code, string enhanced, string message) => new()
    {
        ["attempt-no"] = 1,
        ["code"] = code,
        ["enhanced-code"] = enhanced,
        ["message"] = message,
        ["description"] = "",
        ["session-seconds"] = 0.43,
        ["tls"] = true,
    };

    private static JsonObject Read(string name, Uri? url = null)
    {
        var data = new JsonObject
        {
            ["event"] = name,
            ["log-level"] = "info",
            ["ip"] = "192.0.2.1",
            ["geolocation"] = new JsonObject { ["country"] = "US", ["region"] = "TX", ["city"] = "Austin" },
            ["client-info"] = new JsonObject { ["client-type"] = "browser", ["client-os"] = "Linux", ["device-type"] = "desktop", ["client-name"] = "Firefox", ["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ["bot"] = "" },
        };
        if (url is not null) data["url"] = url.OriginalString;
        return data;
    }

    private static JsonObject MessageOf(AcceptedMail<SimulatedMimeMail> mail)
    {
        using var message = mail.Content.Parse();
        return new JsonObject
        {
            ["headers"] = new JsonObject { ["message-id"] = mail.Id, ["from"] = message.From.ToString(), ["to"] = message.To.ToString(), ["subject"] = message.Subject },
            ["attachments"] = new JsonArray(),
            ["size"] = mail.Content.Raw.Length,
        };
    }

    private static IEnumerable<string> ValuesOf(AcceptedMail<SimulatedMimeMail> mail, string name) => mail.Content.Settings.Where(s => string.Equals(s.Key, name, StringComparison.Ordinal)).Select(static s => s.Value);

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];
}
