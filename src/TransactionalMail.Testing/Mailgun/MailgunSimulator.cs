using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MimeKit;

namespace TransactionalMail.Testing;

/// <summary>Answers like Mailgun's API for sending MIME: it checks key, domain and fields, gives ids, knows the test mode, and reports.</summary>
/// <remarks>It takes no templates, for it would not fill them in.</remarks>
public sealed class MailgunSimulator : ProviderSimulator
{
    private const int MostRecipients = 1000;
    private const int LargestMessage = 25 * 1024 * 1024;
    private readonly AcceptedMails<SimulatedMimeMail> _mails = new();

    /// <summary>Gets or sets the key that requests must bring.</summary>
    /// <value>The default is <c>simulated-key</c>.</value>
    public string ApiKey { get; init; } = "simulated-key";

    /// <summary>Gets or sets the domain that there is.</summary>
    /// <value>The default is <c>mg.example.com</c>.</value>
    public string Domain { get; init; } = "mg.example.com";

    /// <summary>Gets the mails that were accepted and not only tests, in order.</summary>
    public IReadOnlyList<SimulatedMimeMail> Mails => _mails.Contents;

    /// <summary>Gets or sets the key that signs reports: the transport's <c>WebhookSigningKey</c>.</summary>
    /// <value>The default is <c>simulated-webhook-signing-key</c>.</value>
    public string WebhookSigningKey { get; init; } = "simulated-webhook-signing-key";

    private protected override SimulatedAnswer Serve(SimulatedRequest request)
    {
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"api:{ApiKey}"));
        if (!string.Equals(request.Headers.GetValueOrDefault("Authorization"), $"Basic {credentials}", StringComparison.Ordinal)) return new SimulatedAnswer(HttpStatusCode.Unauthorized, "Forbidden") { ContentType = "text/plain" };
        if (request.Path.Split('/') is not ["", "v3", var domain, "messages.mime"]) return new SimulatedAnswer(HttpStatusCode.NotFound, "404 page not found") { ContentType = "text/plain" };
        if (!string.Equals(domain, Domain, StringComparison.OrdinalIgnoreCase)) return Say(HttpStatusCode.NotFound, $"Domain not found: {domain}");
        if (request.Method is not "POST") return Say(HttpStatusCode.MethodNotAllowed, "Method not allowed");
        try
        {
            return Accept(MultipartForm.Read(request.Headers.GetValueOrDefault("Content-Type"), request.Body));
        }
        catch (FormatException malformed)
        {
            return Say(HttpStatusCode.BadRequest, malformed.Message);
        }
    }

    private protected override SimulatedWebhook CreateWebhook(SimulatedReport report, DateTimeOffset now)
    {
        var body = new JsonObject { ["signature"] = MailgunReports.Sign(WebhookSigningKey, now), ["event-data"] = MailgunReports.Write(_mails.Find(report), report, report.OccurredAt ?? now) };
        return SimulatedWebhook.Of(SimulatedWebhook.Write(body), "application/json");
    }

    private SimulatedAnswer Accept(IReadOnlyList<FormPart> parts)
    {
        if (parts.Where(static p => p.FileName is not null).ToArray() is not [{ Name: "message" } file]) return Say(HttpStatusCode.BadRequest, "message parameter is missing, or no file");
        if (file.Content.Length > LargestMessage) return Say(HttpStatusCode.RequestEntityTooLarge, "Message is too large");

        var fields = parts.Where(static p => p.FileName is null).ToLookup(static p => p.Name is "to", static p => KeyValuePair.Create(p.Name, Encoding.UTF8.GetString(p.Content.Span)));
        if (!fields[true].Any()) return Say(HttpStatusCode.BadRequest, "to parameter is missing");
        if (!TryReadAddresses(fields[true], out var recipients)) return Say(HttpStatusCode.BadRequest, "to parameter is not a valid address. please check documentation");
        if (recipients.Count > MostRecipients) return Say(HttpStatusCode.BadRequest, $"to parameter holds more than {MostRecipients} addresses");
        if (MailgunRules.FindProblem(fields[false].ToLookup(static f => f.Key, static f => f.Value, StringComparer.Ordinal)) is { } problem) return Say(HttpStatusCode.BadRequest, problem);

        var mail = new SimulatedMimeMail([.. recipients.Select(static r => r.SmtpAddress)], file.Content, [.. fields[false]]);
        using var message = mail.Parse();
        if (message.From.Mailboxes.Count() != 1) return Say(HttpStatusCode.BadRequest, "from parameter is missing");
        var id = message.MessageId ?? $"{Guid.NewGuid():N}@{Domain}";
        if (!mail.Settings.Contains(KeyValuePair.Create("o:testmode", "yes"))) _mails.Add(new AcceptedMail<SimulatedMimeMail>(id, Clock.GetUtcNow(), mail.Recipients, mail));
        return new SimulatedAnswer(HttpStatusCode.OK, new JsonObject { ["id"] = $"<{id}>", ["message"] = "Queued. Thank you." }.ToJsonString());
    }

    /// <summary>Reads lists with or without names; addresses that occur again are ignored, as Mailgun does.</summary>
    private static bool TryReadAddresses(IEnumerable<KeyValuePair<string, string>> lists, out IReadOnlyList<EmailAddress> addresses)
    {
        var found = new List<EmailAddress>();
        addresses = found;
        foreach (var (_, text) in lists)
        {
            if (!InternetAddressList.TryParse(text, out var list)) return false;
            foreach (var one in list)
            {
                if (one is not MailboxAddress mailbox || !EmailAddress.TryParse(mailbox.Address, out var address) || address.RequiresSmtpUtf8) return false;
                if (!found.Contains(address)) found.Add(address);
            }
        }

        return found.Count > 0;
    }

    private static SimulatedAnswer Say(HttpStatusCode status, string message) => new(status, new JsonObject { ["message"] = message }.ToJsonString());
}
