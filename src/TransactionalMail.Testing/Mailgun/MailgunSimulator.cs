using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MimeKit;

namespace TransactionalMail.Testing;

/// <summary>Answers like Mailgun's API for sending MIME: it checks key, domain and fields, gives ids, and knows the test mode.</summary>
public sealed class MailgunSimulator : ProviderSimulator
{
    private const int LargestMessage = 25 * 1024 * 1024;
    private static readonly string[] s_yesOrNo = ["yes", "no", "true", "false"];

    private static readonly Dictionary<string, string[]> s_options = new(StringComparer.Ordinal)
    {
        ["o:tag"] = [],
        ["o:dkim"] = s_yesOrNo,
        ["o:secondary-dkim"] = [],
        ["o:secondary-dkim-public"] = [],
        ["o:deliverytime"] = [],
        ["o:deliver-within"] = [],
        ["o:testmode"] = ["yes"],
        ["o:tracking"] = [.. s_yesOrNo, "htmlonly"],
        ["o:tracking-clicks"] = [.. s_yesOrNo, "htmlonly"],
        ["o:tracking-opens"] = s_yesOrNo,
        ["o:tracking-pixel-location-top"] = [.. s_yesOrNo, "htmlonly"],
        ["o:require-tls"] = s_yesOrNo,
        ["o:skip-verification"] = s_yesOrNo,
        ["o:sending-ip"] = [],
        ["o:sending-ip-pool"] = [],
        ["o:archive-to"] = [],
        ["o:suppress-headers"] = [],
    };

    private readonly Lock _lock = new();
    private readonly List<SimulatedMimeMail> _mails = [];

    /// <summary>Gets or sets the key that requests must bring.</summary>
    /// <value>The default is <c>simulated-key</c>.</value>
    public string ApiKey { get; init; } = "simulated-key";

    /// <summary>Gets or sets the domain that there is.</summary>
    /// <value>The default is <c>mg.example.com</c>.</value>
    public string Domain { get; init; } = "mg.example.com";

    /// <summary>Gets the mails that were accepted and not only tests, in order.</summary>
    public IReadOnlyList<SimulatedMimeMail> Mails
    {
        get
        {
            lock (_lock) return [.. _mails];
        }
    }

    private protected override SimulatedAnswer Serve(SimulatedRequest request)
    {
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"api:{ApiKey}"));
        if (!string.Equals(request.Headers.GetValueOrDefault("Authorization"), $"Basic {credentials}", StringComparison.Ordinal)) return new SimulatedAnswer(HttpStatusCode.Unauthorized, "Forbidden") { ContentType = "text/plain" };
        if (request.Path.Split('/') is not ["", "v3", var domain, "messages.mime"]) return new SimulatedAnswer(HttpStatusCode.NotFound, "404 page not found") { ContentType = "text/plain" };
        if (!string.Equals(domain, Domain, StringComparison.OrdinalIgnoreCase)) return Say(HttpStatusCode.NotFound, $"Domain not found: {domain}");
        if (request.Method is not "POST") return Say(HttpStatusCode.MethodNotAllowed, "Method not allowed");
        if (!ContentType.TryParse(request.Headers.GetValueOrDefault("Content-Type", ""), out var type) || !type.IsMimeType("multipart", "form-data")) return Say(HttpStatusCode.BadRequest, "Mailgun Magnificent API: send a form.");

        return Accept(ReadForm(request, type));
    }

    private static List<(string Name, bool IsFile, byte[] Value)> ReadForm(SimulatedRequest request, ContentType type)
    {
        using var body = new MemoryStream(request.Body.ToArray());
        using var form = MimeEntity.Load(type, body);
        return [.. ((Multipart)form).OfType<MimePart>().Select(static part => (part.ContentDisposition?.Parameters["name"] ?? "", part.FileName is not null, Decode(part)))];
    }

    private static byte[] Decode(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content?.DecodeTo(content);
        return content.ToArray();
    }

    private SimulatedAnswer Accept(List<(string Name, bool IsFile, byte[] Value)> form)
    {
        if (FindFault(form) is { } fault) return Say(HttpStatusCode.BadRequest, fault);

        var raw = form.Find(static f => f.Name is "message").Value;
        if (raw.Length > LargestMessage) return Say(HttpStatusCode.RequestEntityTooLarge, "Message is too large");
        var settings = form.Where(static f => f.Name is not ("to" or "message")).Select(static f => KeyValuePair.Create(f.Name, Encoding.UTF8.GetString(f.Value))).ToArray();
        var mail = new SimulatedMimeMail([.. RecipientsOf(form).Select(static r => r.SmtpAddress)], raw, settings);
        string? id;
        try
        {
            using var message = mail.Parse();
            id = message.MessageId;
        }
        catch (FormatException)
        {
            return Say(HttpStatusCode.BadRequest, "Failed to parse the message");
        }

        if (!settings.Contains(KeyValuePair.Create("o:testmode", "yes")))
        {
            lock (_lock) _mails.Add(mail);
        }

        return new SimulatedAnswer(HttpStatusCode.OK, new JsonObject { ["id"] = $"<{id ?? $"{Guid.NewGuid():N}@{Domain}"}>", ["message"] = "Queued. Thank you." }.ToJsonString());
    }

    private static string? FindFault(List<(string Name, bool IsFile, byte[] Value)> form)
    {
        if (form.Count(static f => f is { Name: "message", IsFile: true }) != 1) return "'message' parameter is missing, or no file";
        var to = form.Where(static f => f.Name is "to").SelectMany(static f => Encoding.UTF8.GetString(f.Value).Split(',')).ToArray();
        if (to.Length == 0) return "'to' parameter is missing";
        if (to.Length > 1000) return "too many recipients";
        if (!to.All(static address => EmailAddress.TryParse(address.Trim(), null, out _))) return "'to' parameter is not a valid address. please check documentation";
        foreach (var (name, isFile, value) in form.Where(static f => f.Name is not ("to" or "message")))
        {
            if (isFile) return $"'{name}' parameter is a file";
            if (name.StartsWith("v:", StringComparison.Ordinal) || name.StartsWith("h:", StringComparison.Ordinal)) continue;
            if (!s_options.TryGetValue(name, out var values)) return $"'{name}' is no parameter";
            if (values.Length > 0 && !values.Contains(Encoding.UTF8.GetString(value), StringComparer.Ordinal)) return $"'{name}' parameter is not one of {string.Join(", ", values)}";
        }

        var tags = form.Where(static f => f.Name is "o:tag").Select(static f => Encoding.UTF8.GetString(f.Value)).ToArray();
        if (tags.Length > 3 || tags.Any(static t => t.Length > 128 || t.Any(static c => c > '~'))) return "'o:tag': at most 3 tags of ASCII, of 128 characters";
        return form.Where(static f => f.Name is not ("to" or "message")).Sum(static f => f.Name.Length + f.Value.Length) > 16 * 1024 ? "the parameters are larger than 16 KB" : null;
    }

    private static IEnumerable<EmailAddress> RecipientsOf(List<(string Name, bool IsFile, byte[] Value)> form) =>
        form.Where(static f => f.Name is "to").SelectMany(static f => Encoding.UTF8.GetString(f.Value).Split(',')).Select(static address => EmailAddress.Parse(address.Trim(), null));

    private static SimulatedAnswer Say(HttpStatusCode status, string message) => new(status, new JsonObject { ["message"] = message }.ToJsonString());
}
