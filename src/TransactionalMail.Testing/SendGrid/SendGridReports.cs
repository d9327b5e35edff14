using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>What SendGrid writes in its reports: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event.</summary>
internal static class SendGridReports
{
    private const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    /// <summary>Writes one event. The mail's own arguments stand among SendGrid's fields, which win.</summary>
    public static JsonObject Write(AcceptedMail<JsonObject> mail, SimulatedReport report, DateTimeOffset at)
    {
        var written = Arguments(mail.Content, report.Recipient.SmtpAddress);
        foreach (var (name, value) in Of(mail.Content, report)) written[name] = value;
        written["email"] = report.Recipient.SmtpAddress;
        written["timestamp"] = at.ToUnixTimeSeconds();
        written["smtp-id"] = $"<{mail.Id}@geopod-ismtpd-1>";
        written["sg_event_id"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        written["sg_message_id"] = $"{mail.Id}.recvd-5f7d9c6b4-abcde-1-5FBCFA00-1.0";
        if (mail.Content["categories"] is JsonArray { Count: > 0 } categories) written["category"] = categories.DeepClone();
        return written;
    }

    private static (string Name, JsonNode? Value)[] Of(JsonObject mail, SimulatedReport report) => report.Kind switch
    {
        SimulatedReportKind.Delivery => [("event", "delivered"), ("response", "250 2.0.0 OK"), ("ip", "192.0.2.1"), ("tls", 1)],
        SimulatedReportKind.HardBounce => [("event", "bounce"), ("type", "bounce"), ("status", "5.1.1"), ("reason", "550 5.1.1 The email account that you tried to reach does not exist."), ("ip", "192.0.2.1"), ("tls", 1)],
        SimulatedReportKind.SoftBounce => [("event", "bounce"), ("type", "bounce"), ("status", "4.2.2"), ("reason", "452 4.2.2 The mailbox is full."), ("ip", "192.0.2.1"), ("tls", 1)],
        SimulatedReportKind.Complaint => [("event", "spamreport")],
        SimulatedReportKind.Unsubscribe when mail["asm"]?["group_id"] is { } group => [("event", "group_unsubscribe"), ("asm_group_id", group.DeepClone()), ("ip", "192.0.2.1"), ("useragent", UserAgent)],
        SimulatedReportKind.Unsubscribe => [("event", "unsubscribe")],
        SimulatedReportKind.Open => [("event", "open"), ("sg_machine_open", false), ("ip", "192.0.2.1"), ("useragent", UserAgent)],
        SimulatedReportKind.Click => [("event", "click"), ("url", report.Url!.OriginalString), ("url_offset", new JsonObject { ["index"] = 0, ["type"] = "html" }), ("ip", "192.0.2.1"), ("useragent", UserAgent)],
        _ => throw new NotSupportedException($"SendGrid does not report {report.Kind}."),
    };

    /// <summary>Returns the arguments of the mail, with those of the recipient's own part of it above them.</summary>
    private static JsonObject Arguments(JsonObject mail, string recipient)
    {
        var own = mail["personalizations"]!.AsArray().First(part => SendGridRules.RecipientsOf(part!).Contains(recipient, StringComparer.OrdinalIgnoreCase))!;
        var arguments = new JsonObject();
        foreach (var (name, value) in ((JsonObject?[])[mail["custom_args"] as JsonObject, own["custom_args"] as JsonObject]).OfType<JsonObject>().SelectMany(static a => a)) arguments[name] = value?.DeepClone();
        return arguments;
    }
}
