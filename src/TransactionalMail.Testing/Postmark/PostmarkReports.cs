using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>What Postmark writes in its reports: https://postmarkapp.com/developer/webhooks/webhooks-overview.</summary>
internal static class PostmarkReports
{
    private const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    public static JsonObject Write(AcceptedMail<JsonObject> mail, SimulatedReport report, DateTimeOffset at)
    {
        var record = report.Kind switch
        {
            SimulatedReportKind.Delivery => new JsonObject { ["RecordType"] = "Delivery", ["DeliveredAt"] = Time(at), ["Details"] = "smtp;250 2.0.0 OK" },
            SimulatedReportKind.HardBounce => Bounce(mail, at, ("HardBounce", 1, "Hard bounce"), "The server was unable to deliver your message (ex: unknown user, mailbox not found).", "smtp;550 5.1.1 The email account that you tried to reach does not exist."),
            SimulatedReportKind.SoftBounce => Bounce(mail, at, ("SoftBounce", 4096, "Soft bounce"), "Unable to temporarily deliver message (i.e. mailbox full, account disabled, exceeds quota, out of disk space).", "smtp;452 4.2.2 The mailbox is full."),
            SimulatedReportKind.Complaint => Bounce(mail, at, ("SpamComplaint", 100001, "Spam complaint"), "The subscriber explicitly marked this message as spam.", "Spam complaint"),
            SimulatedReportKind.Unsubscribe => new JsonObject { ["RecordType"] = "SubscriptionChange", ["ChangedAt"] = Time(at), ["Origin"] = "Recipient", ["SuppressSending"] = true, ["SuppressionReason"] = "ManualSuppression" },
            SimulatedReportKind.Open => Read("Open", at, new JsonObject { ["FirstOpen"] = true, ["ReadSeconds"] = 5 }),
            SimulatedReportKind.Click => Read("Click", at, new JsonObject { ["ClickLocation"] = "HTML", ["OriginalLink"] = report.Url!.OriginalString }),
            _ => throw new NotSupportedException($"Postmark does not report {report.Kind}."),
        };
        record[report.Kind is SimulatedReportKind.HardBounce or SimulatedReportKind.SoftBounce or SimulatedReportKind.Complaint ? "Email" : "Recipient"] = report.Recipient.SmtpAddress;
        record["MessageID"] = mail.Id;
        record["ServerID"] = 23;
        record["MessageStream"] = (string?)mail.Content["MessageStream"] ?? "outbound";
        record["Tag"] = (string?)mail.Content["Tag"] ?? "";
        record["Metadata"] = mail.Content["Metadata"]?.DeepClone() ?? new JsonObject();
        return record;
    }

    /// <summary>Writes a time as Postmark does, in ten-millionths of a second.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Bounce(AcceptedMail<JsonObject> mail, DateTimeOffset at, (string Name, int Code, string Words) type, string description, string details)
    {
        var isHard = type.Name is not "SoftBounce";
        return new JsonObject
        {
            ["RecordType"] = type.Name is "SpamComplaint" ? type.Name : "Bounce",
            ["ID"] = RandomNumberGenerator.GetInt32(int.MaxValue) + 4_323_372_000_000_000_000,
            ["Type"] = type.Name,
            ["TypeCode"] = type.Code,
            ["Name"] = type.Words,
            ["Description"] = description,
            ["Details"] = details,
            ["From"] = (string?)mail.Content["From"],
            ["Subject"] = (string?)mail.Content["Subject"],
            ["BouncedAt"] = Time(at),
            ["DumpAvailable"] = true,
            ["Inactive"] = isHard,
            ["CanActivate"] = type.Name is not "SpamComplaint",
        };
    }

    private static JsonObject Read(string type, DateTimeOffset at, JsonObject record)
    {
        record["RecordType"] = type;
        record["ReceivedAt"] = Time(at);
        record["Platform"] = "Desktop";
        record["UserAgent"] = UserAgent;
        record["Client"] = new JsonObject { ["Name"] = "Firefox 140.0", ["Company"] = "Mozilla Corporation", ["Family"] = "Firefox" };
        record["OS"] = new JsonObject { ["Name"] = "Linux", ["Company"] = "", ["Family"] = "Linux" };
        record["Geo"] = new JsonObject { ["IP"] = "192.0.2.1" };
        return record;
    }
}
