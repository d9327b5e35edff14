using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MimeKit;

namespace TransactionalMail.Testing.Ses;

/// <summary>What Amazon SES writes in its reports (event publishing): https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.</summary>
internal static class SesReports
{
    private const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    public static JsonObject Write(AcceptedMail<SimulatedSesMail> mail, SimulatedReport report, string region, DateTimeOffset at)
    {
        var (type, name, detail) = Describe(mail, report);
        detail["timestamp"] = Time(at);
        return new JsonObject { ["eventType"] = type, ["mail"] = Describe(mail, region), [name] = detail };
    }

    /// <summary>Writes a time as SES and SNS do, in thousandths of a second.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whoever opens or clicks is not named.</summary>
    private static (string Type, string Name, JsonObject Detail) Describe(AcceptedMail<SimulatedSesMail> mail, SimulatedReport report) => report.Kind switch
    {
        SimulatedReportKind.Delivery => ("Delivery", "delivery", new JsonObject { ["processingTimeMillis"] = 480, ["recipients"] = new JsonArray(report.Recipient.SmtpAddress), ["smtpResponse"] = "250 2.6.0 Message received", ["reportingMTA"] = "a1-2.smtp-out.amazonses.com" }),
        SimulatedReportKind.HardBounce => ("Bounce", "bounce", Bounce(mail, report, "Permanent", "NoEmail", "5.1.1", "smtp; 550 5.1.1 user unknown")),
        SimulatedReportKind.SoftBounce => ("Bounce", "bounce", Bounce(mail, report, "Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full")),
        SimulatedReportKind.Complaint => ("Complaint", "complaint", new JsonObject { ["complainedRecipients"] = new JsonArray(Recipient(report)), ["feedbackId"] = mail.Id, ["userAgent"] = UserAgent, ["complaintFeedbackType"] = "abuse", ["arrivalDate"] = Time(mail.AcceptedAt) }),
        SimulatedReportKind.Open => ("Open", "open", new JsonObject { ["ipAddress"] = "192.0.2.1", ["userAgent"] = UserAgent }),
        SimulatedReportKind.Click => ("Click", "click", new JsonObject { ["ipAddress"] = "192.0.2.1", ["link"] = report.Url!.OriginalString, ["linkTags"] = null, ["userAgent"] = UserAgent }),
        _ => throw new NotSupportedException($"Amazon SES does not report {report.Kind}: it has no unsubscriptions but those of its contact lists."),
    };

    private static JsonObject Bounce(AcceptedMail<SimulatedSesMail> mail, SimulatedReport report, string type, string subType, string status, string diagnostic)
    {
        var recipient = Recipient(report);
        recipient["action"] = "failed";
        recipient["status"] = status;
        recipient["diagnosticCode"] = diagnostic;
        return new JsonObject { ["bounceType"] = type, ["bounceSubType"] = subType, ["bouncedRecipients"] = new JsonArray(recipient), ["feedbackId"] = mail.Id, ["reportingMTA"] = "dsn; a1-2.smtp-out.amazonses.com" };
    }

    private static JsonObject Recipient(SimulatedReport report) => new() { ["emailAddress"] = report.Recipient.SmtpAddress };

    private static JsonObject Describe(AcceptedMail<SimulatedSesMail> mail, string region)
    {
        using var message = MimeMessage.Load(new MemoryStream(mail.Content.Raw.ToArray(), writable: false));
        var source = message.From.Mailboxes.FirstOrDefault()?.GetAddress(idnEncode: true) ?? "";
        return new JsonObject
        {
            ["timestamp"] = Time(mail.AcceptedAt),
            ["source"] = source,
            ["sourceArn"] = $"arn:aws:ses:{region}:123456789012:identity/{source}",
            ["sendingAccountId"] = "123456789012",
            ["messageId"] = mail.Id,
            ["destination"] = List(mail.Recipients),
            ["headersTruncated"] = false,
            ["headers"] = new JsonArray([.. message.Headers.Select(static h => new JsonObject { ["name"] = h.Field, ["value"] = Unfold(h) })]),
            ["commonHeaders"] = new JsonObject { ["from"] = List(message.From.Select(static a => a.ToString())), ["to"] = List(message.To.Select(static a => a.ToString())), ["messageId"] = mail.Id, ["subject"] = message.Subject },
            ["tags"] = Tags(mail.Content, source),
        };
    }

    private static JsonObject Tags(SimulatedSesMail mail, string source)
    {
        var tags = new JsonObject
        {
            ["ses:source-ip"] = new JsonArray("192.0.2.1"),
            ["ses:from-domain"] = new JsonArray(source[(source.LastIndexOf('@') + 1)..]),
            ["ses:caller-identity"] = new JsonArray("simulated"),
        };
        if (mail.ConfigurationSet is { } set) tags["ses:configuration-set"] = new JsonArray(set);
        foreach (var (name, value) in mail.Tags) tags[name] = new JsonArray(value);
        return tags;
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(static value => JsonValue.Create(value))]);

    /// <summary>Returns a field as it was written, on one line (RFC 5322 §2.2.3).</summary>
    private static string Unfold(Header header) => Encoding.UTF8.GetString(header.RawValue).Replace("\r\n", "", StringComparison.Ordinal).Trim();
}
