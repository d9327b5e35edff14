using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>Hands finished mail to Mailgun: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages.</summary>
internal sealed partial class MailgunTransport(MailgunOptions options, MailTransportContext context)
    : HttpMailTransport(options, context, options.Region is MailgunRegion.Eu ? s_europe : s_unitedStates)
{
    private const int MostRecipients = 1000;
    private const int LongestTag = 128;
    private const int LargestMetadata = 4 * 1024;
    private const int LargestSettings = 16 * 1024;
    private const int LargestMessage = 25 * 1024 * 1024;

    // The older manual says 3; https://help.mailgun.com/hc/en-us/articles/34389096824219-Tags and Mailgun's own clients say 10.
    private const int MostTags = 10;

    private static readonly Uri s_unitedStates = new("https://api.mailgun.net");
    private static readonly Uri s_europe = new("https://api.eu.mailgun.net");

    private static readonly string[] s_options =
    [
        "archive-to", "deliver-within", "dkim", "require-tls", "secondary-dkim", "secondary-dkim-public", "sending-ip", "sending-ip-pool",
        "skip-verification", "suppress-headers", "tracking-clicks", "tracking-pixel-location-top",
    ];

    public override MailFeatures Features => (MailFeatures.Mime & ~MailFeatures.EnvelopeSender) | (options.SignsDkim ? MailFeatures.None : MailFeatures.OpenTracking | MailFeatures.ClickTracking);

    protected override IReadOnlyList<string?> Secrets => [options.ApiKey, Credentials, options.WebhookSigningKey];

    private string Credentials => Convert.ToBase64String(Encoding.ASCII.GetBytes($"api:{options.ApiKey}"));

    protected override async ValueTask<HttpRequestMessage> CreateRequestAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        RefuseWhatHasNoField(mail);
        var settings = Settings(mail).ToList();
        if (SizeOf(settings.Where(static s => s.Name.StartsWith("v:", StringComparison.Ordinal))) > LargestMetadata) throw Unsupported("Mailgun cuts Metadata of more than 4 KB short in its events. Keep it on your side, and send its key.");
        if (SizeOf(settings) > LargestSettings) throw Unsupported("Mailgun takes 16 KB of tags, metadata and options together. Keep metadata on your side, and send its key.");
        var file = new MailgunFile(await mail.GetMimeMessageAsync(options.SignsDkim ? DkimScope.WithoutSender : DkimScope.None, hasLabels: false, cancellationToken).ConfigureAwait(false));
        if (file.Length > LargestMessage) throw TooLarge("Mailgun takes 25 MB");

        var form = new MultipartFormDataContent();
        foreach (var recipient in mail.Envelope.Recipients) Add(form, "to", recipient.SmtpAddress);
        foreach (var (name, value) in settings) Add(form, name, value);
        form.Add(file);
        return new HttpRequestMessage(HttpMethod.Post, new Uri(BaseAddress, $"/v3/{options.Domain}/messages.mime"))
        {
            Content = form,
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Credentials), Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
        };
    }

    protected override TransportReceipt Read(OutboundMail mail, HttpMailResponse response)
    {
        var answer = response.TryRead(MailgunJson.MailgunContext.Default.Answer);
        if (!response.IsSuccess)
        {
            var (failure, problem) = Explain(response.StatusCode, answer?.Message ?? "");
            throw Failed(mail, response with { RetryAfter = response.RetryAfter ?? WaitIn(answer?.Message) }, failure, problem, said: answer?.Message);
        }

        // Events name the mail by its Message-ID without brackets; Mailgun keeps ours.
        var id = answer?.Id?.Trim('<', '>') is { Length: > 0 } given ? given : null;
        var said = answer is null ? "Mailgun accepted the mail with an answer that cannot be read." : Scrub(answer.Message, mail);
        return TransportReceipt.Accepted(mail, Name, id, said) with { MessageId = id };
    }

    /// <summary>Mailgun has no codes, only statuses; some of its sentences say more.</summary>
    private static (TransportFailure Failure, string Problem) Explain(HttpStatusCode status, string said) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.Forbidden when said.Contains("not allowed to send", StringComparison.OrdinalIgnoreCase) =>
            (TransportFailure.SenderRejected, "Mailgun does not let the domain send. See to it in Mailgun: its DNS records, the account, and whom a sandbox domain may send to."),
        HttpStatusCode.Unauthorized => (TransportFailure.Authentication, "Mailgun does not know the key, or not in this region. Check ApiKey and Region."),
        HttpStatusCode.PaymentRequired => (TransportFailure.MessageRejected, "Mailgun understood the request and refuses the mail."),
        HttpStatusCode.Forbidden => (TransportFailure.Authentication, "Mailgun does not let this account or domain send. See to it in Mailgun."),
        HttpStatusCode.NotFound => (TransportFailure.SenderRejected, "Mailgun does not know the domain, or not in this region. Check Domain and Region."),
        _ => FailureOf(status) is var failure ? (failure, AdviceFor(failure)) : default,
    };

    /// <summary>Reads the wait that Mailgun writes into its sentence.</summary>
    private static TimeSpan? WaitIn(string? said)
    {
        if (said is null || TryAgain().Match(said) is not { Success: true } match) return null;
        var seconds = int.Parse(match.Groups["seconds"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(Math.Min(seconds, (int)TimeSpan.FromDays(1).TotalSeconds));
    }

    [GeneratedRegex(@"try again after (?<seconds>\d{1,9}) seconds?\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TryAgain();

    private static int SizeOf(IEnumerable<(string Name, string Value)> settings) => settings.Sum(static s => Encoding.UTF8.GetByteCount(s.Name) + Encoding.UTF8.GetByteCount(s.Value));

    private static void Add(MultipartFormDataContent form, string name, string value) =>
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(value)), $"\"{name}\""); // without a type, which Mailgun would take for a file's

    private IEnumerable<(string Name, string Value)> Settings(OutboundMail mail)
    {
        var message = mail.Message;
        foreach (var tag in message.Tags) yield return ("o:tag", tag);
        foreach (var (key, value) in message.Metadata) yield return ($"v:{key}", value);
        yield return ($"v:{MailIdKey}", mail.Id.ToString());
        foreach (var option in s_options)
        {
            if (message.ProviderOptions.TryGetValue($"mailgun:{option}", out var value)) yield return ($"o:{option}", value);
        }

        if (options.Sandbox) yield return ("o:testmode", "yes");
        if (options.SignsDkim) yield return ("o:tracking", "no");
        else
        {
            if (message.TrackOpens is { } opens) yield return ("o:tracking-opens", opens ? "yes" : "no");
            if (message.TrackClicks is { } clicks && !message.ProviderOptions.ContainsKey("mailgun:tracking-clicks")) yield return ("o:tracking-clicks", clicks ? "yes" : "no");
        }
    }

    private void RefuseWhatHasNoField(OutboundMail mail)
    {
        var message = mail.Message;
        RefuseWhatNoApiTakes(mail, "Mailgun", "mailgun:", s_options);
        if (mail.Envelope.Recipients.Count > MostRecipients) throw Unsupported($"Mailgun takes {MostRecipients} recipients at once. Send several mails.");
        if (message.Headers.Keys.FirstOrDefault(static name => name.StartsWith("X-Mailgun-", StringComparison.OrdinalIgnoreCase)) is { } header) throw Unsupported($"Mailgun takes the header \"{header}\" for an option. Leave it out; ProviderOptions has the options.");
        if (message.Tags.Count > MostTags) throw Unsupported($"Mailgun takes {MostTags} Tags.");
        if (message.Tags.Any(static tag => tag.Length > LongestTag || !Ascii.IsValid(tag))) throw Unsupported($"Mailgun takes Tags of ASCII, of {LongestTag} characters at most.");
        if (message.Tags.Distinct(StringComparer.OrdinalIgnoreCase).Count() < message.Tags.Count) throw Unsupported("Mailgun takes each of the Tags once, whatever its case.");
        if (options.SignsDkim && message.ProviderOptions.ContainsKey("mailgun:tracking-clicks")) throw Unsupported("With SignsDkim there is no tracking. Remove ProviderOptions[\"mailgun:tracking-clicks\"].");
    }
}
