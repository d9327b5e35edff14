using Microsoft.Extensions.Configuration;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Ses;

/// <summary>Amazon SES: <c>ses://ACCESSKEY:SECRET@default?region=eu-west-1&amp;configurationSet=receipts</c>, or <c>ses://default?region=eu-west-1</c> with the credentials that the AWS SDK finds.</summary>
/// <remarks>Secrets hold slashes and plus signs; percent-encode them in a DSN.</remarks>
public sealed class SesProvider : MailProvider<SesOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "ses";

    /// <inheritdoc/>
    public override void Configure(SesOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.AccessKeyId = dsn.UserName ?? options.AccessKeyId;
        options.SecretAccessKey = dsn.Password ?? options.SecretAccessKey;
        options.BaseAddress = dsn.BaseAddress ?? options.BaseAddress;
    }

    /// <inheritdoc/>
    public override void Configure(SesOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(SesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (SesRegion.Find(options) is null) yield return "Region is missing, or not the name of a region. Set it to the region of your identities, such as \"eu-west-1\", or set AWS_REGION in the environment.";
        var (hasKey, hasSecret) = (!string.IsNullOrWhiteSpace(options.AccessKeyId), !string.IsNullOrWhiteSpace(options.SecretAccessKey));
        if (hasKey != hasSecret) yield return "AccessKeyId and SecretAccessKey belong together. Set both, or neither to use the credentials that the AWS SDK finds.";
        if (!string.IsNullOrEmpty(options.SessionToken) && !hasKey) yield return "SessionToken belongs to AccessKeyId. Set both, or neither to use the credentials that the AWS SDK finds.";
        if (options.Profile is not null && hasKey) yield return "Profile and AccessKeyId exclude each other. Set one of them.";
        if (options.Profile is { } profile && string.IsNullOrWhiteSpace(profile)) yield return "Profile is blank. Name one, or leave it out.";
        if (new[] { options.AccessKeyId, options.SecretAccessKey, options.SessionToken }.Any(static s => s?.Any(static c => c is <= ' ' or > '~') is true))
        {
            yield return "AccessKeyId, SecretAccessKey or SessionToken holds a space, a line break or a character that is not ASCII. Copy it again.";
        }

        if (options.ConfigurationSet is { } set && !SesTags.IsWord(set)) yield return "ConfigurationSet is not the name of one: letters, digits, \"_\" and \"-\".";
        if (options.SignsDkim && (options.TracksOpens || options.TracksClicks)) yield return "SignsDkim excludes TracksOpens and TracksClicks: SES rewrites the body to track, which breaks signatures that are not its own.";
        if (options.WebhookTopicArns.Any(static arn => new SnsEnvelope(new Dictionary<string, string>(StringComparer.Ordinal) { ["TopicArn"] = arn }).Host is null)) yield return "WebhookTopicArns holds something that is no topic. Name topics as \"arn:aws:sns:eu-west-1:123456789012:mail\".";
        if (options.WebhookTolerance <= TimeSpan.Zero || options.WebhookTolerance > TimeSpan.FromDays(30)) yield return "WebhookTolerance is not positive, or longer than 30 days.";
        foreach (var fault in options.FindFaults()) yield return fault;
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(SesOptions options, MailTransportContext context) => new SesTransport(options, context);

    /// <inheritdoc/>
    public override IMailWebhook? CreateWebhook(SesOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        return options.WebhookTopicArns.Count == 0 ? null : new SesWebhook(options, context);
    }
}
