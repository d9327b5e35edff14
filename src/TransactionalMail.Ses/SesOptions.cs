using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Ses;

/// <summary>The settings of one Amazon SES transport.</summary>
/// <remarks>
/// <para>
/// Mail travels as MIME in <c>SendEmail</c> of the API v2, so the credentials need <c>ses:SendEmail</c> and <c>ses:SendRawEmail</c>. SES replaces Date and Message-ID;
/// a receipt tells the one that recipients see. It takes 50 recipients and 40 MB at once, no address whose local part is not ASCII, and has no mode that only checks:
/// in its sandbox it sends to verified addresses and to those of its mailbox simulator, such as <c>success@simulator.amazonses.com</c>.
/// </para>
/// <para>
/// <see cref="EmailMessage.EnvelopeSender"/> is where SES forwards bounces and complaints; its own address stands in the envelope. <see cref="EmailMessage.Tags"/> and
/// <see cref="EmailMessage.Metadata"/> are <c>X-Tag</c> and <c>X-Metadata-</c> fields, which recipients can read and SES reports among the fields of the mail.
/// They are message tags, too, to count by in CloudWatch, so far as SES can express them (letters, digits, <c>_</c> and <c>-</c>, 256 at most): the first tag as
/// <c>tag</c>, the next as <c>tag-2</c> and so on, metadata by its own name. The mail's id is the message tag <c>transactionalmail-id</c>.
/// </para>
/// <para>A mail may set <c>ProviderOptions</c> <c>ses:ConfigurationSetName</c>, <c>ses:TenantName</c> and <c>ses:FromEmailAddressIdentityArn</c>.</para>
/// </remarks>
public sealed class SesOptions : HttpMailOptions
{
    /// <summary>Gets or sets the region, such as <c>eu-west-1</c>: where the identities are, and what requests are signed for.</summary>
    /// <value>The default is the environment's <c>AWS_REGION</c>, else its <c>AWS_DEFAULT_REGION</c>.</value>
    /// <remarks>For FIPS or dual-stack endpoints set <see cref="HttpMailOptions.BaseAddress"/> as well: <c>https://email-fips.us-east-1.amazonaws.com</c>, <c>https://email.eu-west-1.api.aws</c>.</remarks>
    public string? Region { get; set; }

    /// <summary>Gets or sets the id of a fixed access key.</summary>
    /// <value>The default is <see langword="null"/>: what the AWS SDK finds in the environment, in a profile, or in the metadata of the container or the instance.</value>
    /// <remarks>
    /// Credentials are resolved for each mail, so that they may rotate; that may take <see cref="HttpMailOptions.Timeout"/> as well, before the call does. Those that assume a role,
    /// by profile or web identity, need the package <c>AWSSDK.SecurityToken</c> in the application.
    /// </remarks>
    public string? AccessKeyId { get; set; }

    /// <summary>Gets or sets the secret of <see cref="AccessKeyId"/>.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>Gets or sets the session token, where <see cref="AccessKeyId"/> is temporary.</summary>
    public string? SessionToken { get; set; }

    /// <summary>Gets or sets the profile of the AWS configuration files that has the credentials.</summary>
    /// <value>The default is <see langword="null"/>: see <see cref="AccessKeyId"/>, which excludes it.</value>
    public string? Profile { get; set; }

    /// <summary>Gets or sets the configuration set. It decides on events, tracking and dedicated addresses.</summary>
    /// <value>The default is <see langword="null"/>: that of the identity, if it has one.</value>
    public string? ConfigurationSet { get; set; }

    /// <summary>Gets or sets whether the configuration set reports when mail is opened; SES cannot be asked for it otherwise.</summary>
    /// <value>The default is <see langword="false"/>: a mail with <see cref="EmailMessage.TrackOpens"/> is refused.</value>
    /// <remarks>Where it is set, a mail that must not be tracked is refused, unless it names another configuration set.</remarks>
    public bool TracksOpens { get; set; }

    /// <summary>Gets or sets whether the configuration set reports when links are followed; SES cannot be asked for it otherwise.</summary>
    /// <value>The default is <see langword="false"/>: a mail with <see cref="EmailMessage.TrackClicks"/> is refused.</value>
    /// <remarks>Where it is set, a mail that must not be tracked is refused, unless it names another configuration set.</remarks>
    public bool TracksClicks { get; set; }

    /// <summary>Gets or sets whether our DKIM keys sign, too.</summary>
    /// <value>The default is <see langword="false"/>: SES alone signs, as the identity is set up there.</value>
    /// <remarks>Our signatures then leave out Date and Message-ID, which SES replaces. They exclude tracking, which rewrites the body.</remarks>
    public bool SignsDkim { get; set; }

    /// <summary>Gets the topics of Amazon SNS that may report: <c>arn:aws:sns:eu-west-1:123456789012:mail</c>. Their subscriptions are confirmed.</summary>
    /// <value>The default is empty: there is no webhook. A signature of Amazon proves only that somebody's topic sent a message.</value>
    /// <remarks>Switch raw message delivery off: it leaves the signature out. Prefer signature version 2 for the topic.</remarks>
    public IList<string> WebhookTopicArns { get; } = [];

    /// <summary>Gets or sets how far the time of a message may be from ours.</summary>
    /// <value>The default is 1 hour: Amazon SNS repeats a message under its first time.</value>
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Returns region and configuration set, never credentials.</summary>
    public override string ToString() => $"SesOptions {{ Region: {Region ?? "default"}, ConfigurationSet: {ConfigurationSet ?? "default"}, BaseAddress: {(BaseAddress is { IsAbsoluteUri: true, Host: var host } ? host : "default")} }}";
}
