using System.Net.Http.Headers;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Ses;

/// <summary>Hands MIME to Amazon SES: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html.</summary>
internal sealed class SesTransport : HttpMailTransport
{
    private const int MostRecipients = 50;
    private const int LargestMail = 40 * 1024 * 1024;
    private const string Prefix = "ses:";
    private const string Tracked = "The configuration set tracks, and Amazon SES makes no exception for";
    private const string Untracked = "Name a set that does not: ProviderOptions[\"ses:ConfigurationSetName\"].";
    private static readonly string[] s_settings = ["ConfigurationSetName", "TenantName", "FromEmailAddressIdentityArn"];

    private readonly SesOptions _options;
    private readonly SesRegion _region;
    private readonly SesCredentials _credentials;

    public SesTransport(SesOptions options, MailTransportContext context)
        : this(options, context, SesRegion.Find(options) ?? throw new ArgumentException("The options have a region.", nameof(options)))
    {
    }

    private SesTransport(SesOptions options, MailTransportContext context, SesRegion region)
        : base(options, context, region.Address)
    {
        _options = options;
        _region = region;
        _credentials = new SesCredentials(options);
    }

    public override MailFeatures Features =>
        MailFeatures.Mime | (_options.TracksOpens ? MailFeatures.OpenTracking : MailFeatures.None) | (_options.TracksClicks ? MailFeatures.ClickTracking : MailFeatures.None);

    protected override IReadOnlyList<string?> Secrets => _credentials.Secrets;

    protected override async ValueTask<HttpRequestMessage> CreateRequestAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        RefuseWhatHasNoField(mail);
        using var mime = new MemoryStream();
        await mail.WriteToAsync(mime, _options.SignsDkim ? DkimScope.WithoutDateAndMessageId : DkimScope.None, cancellationToken).ConfigureAwait(false);
        if (mime.Length > LargestMail) throw TooLarge("Amazon SES takes 40 MB");

        var body = JsonSerializer.SerializeToUtf8Bytes(Write(mail, mime.GetBuffer().AsMemory(0, (int)mime.Length)), SesJson.Context.Default.Email);
        var parameters = new AWSSigV4Parameters
        {
            Credentials = await ResolveCredentialsAsync(cancellationToken).ConfigureAwait(false),
            Region = _region.Endpoint,
            Service = SesSigning.Service,
            SignedAt = Time.GetUtcNow().UtcDateTime,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(BaseAddress, "/v2/email/outbound-emails"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        await SesSigning.SignAsync(request, body, parameters, cancellationToken).ConfigureAwait(false);
        return request;
    }

    protected override TransportReceipt Read(OutboundMail mail, HttpMailResponse response)
    {
        var error = SesError.Read(response);
        if (response.IsSuccess && error.Code is null) return Accepted(mail, response.TryRead(SesJson.Context.Default.Answer)?.MessageId);

        var failure = error.Meaning ?? FailureOf(response.StatusCode);
        throw Failed(mail, response, failure, error.Advice ?? AdviceFor(failure), error.Code is { } code ? ServerText.Scrub(code, [.. Secrets]) : null, error.Text);
    }

    private SesJson.Email Write(OutboundMail mail, ReadOnlyMemory<byte> mime) => new()
    {
        Content = new SesJson.Content(new SesJson.Raw(mime)),
        Destination = new SesJson.Destination(Addresses(mail.To), Addresses(mail.Cc), Addresses(mail.Bcc)),
        EmailTags = SesTags.Of(mail),
        FeedbackForwardingEmailAddress = mail.Message.EnvelopeSender?.SmtpAddress,
        ConfigurationSetName = Setting(mail, "ConfigurationSetName") ?? _options.ConfigurationSet,
        TenantName = Setting(mail, "TenantName"),
        FromEmailAddressIdentityArn = Setting(mail, "FromEmailAddressIdentityArn"),
    };

    private void RefuseWhatHasNoField(OutboundMail mail)
    {
        var message = mail.Message;
        RefuseWhatNoApiTakes(mail, "Amazon SES", Prefix, s_settings);
        if (message.To.Concat(message.Cc).Append(mail.Envelope.Sender).Any(static a => a.RequiresSmtpUtf8)) throw Unsupported("Amazon SES takes no addresses whose local part is not ASCII.");
        if (mail.Envelope.Recipients.Count > MostRecipients) throw Unsupported($"Amazon SES takes {MostRecipients} recipients at once. Send several mails.");
        if (message.Headers.Keys.FirstOrDefault(static h => h.StartsWith("X-SES-", StringComparison.OrdinalIgnoreCase)) is { } header)
        {
            throw Unsupported($"Amazon SES removes Headers[\"{header}\"]. Use the transport's settings, or ProviderOptions.");
        }

        var setIsOurs = Setting(mail, "ConfigurationSetName") is null;
        if (setIsOurs && message.TrackOpens is false && _options.TracksOpens) throw Unsupported($"{Tracked} TrackOpens = false. {Untracked}");
        if (setIsOurs && message.TrackClicks is false && _options.TracksClicks) throw Unsupported($"{Tracked} TrackClicks = false. {Untracked}");
    }

    /// <summary>What the SDK says of credentials it does not find can quote files and programs, so that it is not passed on.</summary>
    private async Task<AWSCredentials> ResolveCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _credentials.ResolveAsync(cancellationToken).WaitAsync(_options.Timeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new MailTransportException(TransportFailure.Timeout, Name, $"The AWS SDK found no credentials within Timeout ({_options.Timeout}); nothing was sent. Check that the metadata of the container or the instance can be reached.");
        }
        catch (Exception missing)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MailTransportException(TransportFailure.Authentication, Name, _options.Profile is { } profile
                ? $"The AWS SDK finds no credentials in the profile \"{profile}\" ({missing.GetType().Name}); nothing was sent. Check the profile; one that assumes a role needs the package AWSSDK.SecurityToken."
                : $"The AWS SDK finds no credentials ({missing.GetType().Name}); nothing was sent. Set AccessKeyId and SecretAccessKey, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or give the container or the instance a role.");
        }
    }

    private TransportReceipt Accepted(OutboundMail mail, string? id) => TransportReceipt.Accepted(mail, Name, id, id is null ? "Amazon SES accepted the mail with an answer that cannot be read." : null) with
    {
        MessageId = id is null ? null : _region.MessageIdOf(id),
    };

    private static string? Setting(OutboundMail mail, string name) => mail.Message.ProviderOptions.GetValueOrDefault(Prefix + name);

    private static string[]? Addresses(IReadOnlyList<EmailAddress> recipients) => recipients.Count == 0 ? null : [.. recipients.Select(static r => r.SmtpAddress)];
}
