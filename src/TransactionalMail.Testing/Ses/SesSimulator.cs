using System.Net;
using System.Text.Json.Nodes;
using TransactionalMail.Testing.Ses;

namespace TransactionalMail.Testing;

/// <summary>Answers like <c>SendEmail</c> of Amazon SES (API v2): it verifies signatures (Signature Version 4) and fields, gives ids, knows identities and the sandbox, and reports through a topic of Amazon SNS. It takes MIME only.</summary>
/// <remarks>Requests must be signed within 5 minutes of <see cref="ProviderSimulator.Clock"/>.</remarks>
public sealed class SesSimulator : ProviderSimulator
{
    private readonly AcceptedMails<SimulatedSesMail> _mails = new();
    private readonly Lazy<SnsTopic> _topic;

    /// <summary>Starts the simulator.</summary>
    public SesSimulator() => _topic = new Lazy<SnsTopic>(() => new SnsTopic(WebhookTopicArn, Clock.GetUtcNow()));

    /// <summary>Gets the id of the access key that requests must be signed with.</summary>
    /// <value>The default is <c>AKIASIMULATED</c>.</value>
    public string AccessKeyId { get; init; } = "AKIASIMULATED";

    /// <summary>Gets the secret of <see cref="AccessKeyId"/>.</summary>
    /// <value>The default is <c>simulated-secret</c>.</value>
    public string SecretAccessKey { get; init; } = "simulated-secret";

    /// <summary>Gets the session token that requests must bring.</summary>
    /// <value>The default is <see langword="null"/>: none, and a request with one is refused.</value>
    public string? SessionToken { get; init; }

    /// <summary>Gets the region that requests must be signed for.</summary>
    /// <value>The default is <c>us-east-1</c>.</value>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Gets the addresses and domains that may send.</summary>
    /// <value>The default is <see langword="null"/>: all may.</value>
    public IReadOnlyCollection<string>? Identities { get; init; }

    /// <summary>Gets whether the account is in the sandbox: recipients must be among <see cref="Identities"/> then, or at the mailbox simulator.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsSandbox { get; init; }

    /// <summary>Gets the configuration sets there are.</summary>
    /// <value>The default is <see langword="null"/>: any.</value>
    public IReadOnlyCollection<string>? ConfigurationSets { get; init; }

    /// <summary>Gets the mails that were accepted, in order.</summary>
    public IReadOnlyList<SimulatedSesMail> Mails => _mails.Contents;

    /// <summary>Gets the topic of Amazon SNS that reports come from: one of the transport's <c>WebhookTopicArns</c>.</summary>
    /// <value>The default is <c>arn:aws:sns:us-east-1:123456789012:simulated</c>, in the region of <see cref="Region"/>.</value>
    /// <remarks>The transport fetches the topic's certificate from Amazon: <c>UseSimulatedSns</c> has the simulator answer for it.</remarks>
    public string WebhookTopicArn
    {
        get => field ?? $"arn:aws:sns:{Region}:123456789012:simulated";
        init;
    }

    /// <summary>Gets the version of the topic's signatures: 1 (SHA-1) or 2 (SHA-256).</summary>
    /// <value>The default is 2.</value>
    public int WebhookSignatureVersion { get; init; } = 2;

    /// <summary>Gets whether the subscription of the topic was confirmed: see <see cref="CreateSubscription"/>.</summary>
    public bool IsSubscribed => _topic.IsValueCreated && _topic.Value.IsSubscribed;

    /// <summary>Gets the topic.</summary>
    internal SnsTopic Topic => _topic.Value;

    /// <summary>Makes the request with which Amazon SNS asks whoever is subscribed to confirm. It is the first that a new subscription gets, and reports do not wait for it here.</summary>
    public SimulatedWebhook CreateSubscription() => Topic.Subscribe(WebhookSignatureVersion, Clock.GetUtcNow());

    private protected override SimulatedAnswer Serve(SimulatedRequest request)
    {
        var verifier = new SigV4Verifier(AccessKeyId, SecretAccessKey, SessionToken, Region, "ses");
        if (verifier.FindFault(request, Clock.GetUtcNow()) is var (code, message)) return Error(HttpStatusCode.Forbidden, code, message);
        if (request.Path is not "/v2/email/outbound-emails") return Error(HttpStatusCode.NotFound, "UnknownOperationException", "");
        if (request.Method is not "POST") return Error(HttpStatusCode.MethodNotAllowed, "UnknownOperationException", "");
        try
        {
            var mail = Accept(SesRequest.Parse(request.Body));
            _mails.Add(new AcceptedMail<SimulatedSesMail>(mail.Id, Clock.GetUtcNow(), [.. ((string[])[.. mail.To, .. mail.Cc, .. mail.Bcc]).Select(static a => EmailAddress.Parse(a, null).SmtpAddress)], mail));
            return new SimulatedAnswer(HttpStatusCode.OK, new JsonObject { ["MessageId"] = mail.Id }.ToJsonString());
        }
        catch (SesRefusal refusal)
        {
            return Error(refusal.Status, refusal.Code, refusal.Message);
        }
    }

    private protected override SimulatedWebhook CreateWebhook(SimulatedReport report, DateTimeOffset now) =>
        Topic.Notify(SimulatedWebhook.Write(SesReports.Write(_mails.Find(report), report, Region, report.OccurredAt ?? now)), WebhookSignatureVersion, now);

    private SimulatedSesMail Accept(SesRequest request)
    {
        var mime = new SesMime(request.Raw);
        if (request.ConfigurationSet is { } set && ConfigurationSets?.Contains(set, StringComparer.Ordinal) is false) throw new SesRefusal("NotFoundException", $"Configuration set <{set}> does not exist.", HttpStatusCode.NotFound);
        var from = request.From is { } written ? EmailAddress.Parse(written, null).SmtpAddress : mime.From ?? throw new SesRefusal("BadRequestException", "Missing required header 'From'.");
        string[] unverified = [.. ((string[])[from, .. IsSandbox ? [.. request.To, .. request.Cc, .. request.Bcc] : Array.Empty<string>()]).Where(address => !IsVerified(address))];
        if (unverified.Length > 0) throw new SesRefusal("MessageRejected", $"Email address is not verified. The following identities failed the check in region {Region.ToUpperInvariant()}: {string.Join(", ", unverified)}");

        var now = Clock.GetUtcNow();
        var id = $"0100{now.ToUnixTimeMilliseconds():x12}-{Guid.NewGuid()}-000000";
        var messageId = $"{id}@{(Region is "us-east-1" ? "email" : Region)}.amazonses.com";
        return new SimulatedSesMail
        {
            Id = id,
            MessageId = messageId,
            To = request.To,
            Cc = request.Cc,
            Bcc = request.Bcc,
            Raw = request.Raw,
            Delivered = mime.Deliver(messageId, now),
            Tags = request.Tags,
            ConfigurationSet = request.ConfigurationSet,
            FeedbackAddress = request.FeedbackAddress,
        };
    }

    private bool IsVerified(string address)
    {
        var domain = address[(address.LastIndexOf('@') + 1)..];
        return domain is "simulator.amazonses.com" || Identities is null || Identities.Contains(address, StringComparer.OrdinalIgnoreCase) || Identities.Contains(domain, StringComparer.OrdinalIgnoreCase);
    }

    private static SimulatedAnswer Error(HttpStatusCode status, string code, string message) => new(status, new JsonObject { ["message"] = message }.ToJsonString())
    {
        Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["x-amzn-ErrorType"] = $"{code}:http://internal.amazon.com/coral/com.amazonaws.services.simpleemailv2/" },
    };
}
