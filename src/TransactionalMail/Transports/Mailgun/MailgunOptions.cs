using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>The settings of one Mailgun transport.</summary>
/// <remarks>
/// Metadata, of 4 KB at most, goes out as Mailgun's variables, which recipients can read in the header <c>X-Mailgun-Variables</c> unless
/// <c>suppress-headers</c> names it. A mail may set, as <c>ProviderOptions["mailgun:…"]</c>:
/// <c>archive-to</c>, <c>deliver-within</c>, <c>dkim</c>, <c>require-tls</c>, <c>secondary-dkim</c>, <c>secondary-dkim-public</c>, <c>sending-ip</c>, <c>sending-ip-pool</c>,
/// <c>skip-verification</c>, <c>suppress-headers</c>, <c>tracking-clicks</c> and <c>tracking-pixel-location-top</c>; Mailgun's manual says what they do.
/// </remarks>
public sealed class MailgunOptions : HttpMailOptions
{
    /// <summary>Gets or sets the API key; a sending key of the domain suffices.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the domain to send from, as Mailgun knows it: <c>mg.example.com</c>.</summary>
    public string? Domain { get; set; }

    /// <summary>Gets or sets where Mailgun keeps the domain.</summary>
    /// <value>The default is <see cref="MailgunRegion.Us"/>. It does not matter where <see cref="HttpMailOptions.BaseAddress"/> is set.</value>
    public MailgunRegion Region { get; set; }

    /// <summary>Gets or sets whether Mailgun only pretends to send; it counts and bills the mail all the same.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Sandbox { get; set; }

    /// <summary>Gets or sets whether mail carries our DKIM signatures, beside the one of Mailgun.</summary>
    /// <value>The default is <see langword="false"/>: Mailgun alone signs.</value>
    /// <remarks>
    /// Tracking changes the body, which would break our signatures; with them, it is switched off and refused. Unsubscribe tracking must be off at
    /// the domain. Our signatures leave out <c>Sender</c>, a field that Mailgun adds.
    /// </remarks>
    public bool SignsDkim { get; set; }

    /// <summary>Gets or sets the webhook signing key of the account; it is not the API key.</summary>
    /// <value>The default is <see langword="null"/>: there is no webhook.</value>
    public string? WebhookSigningKey { get; set; }

    /// <summary>Gets or sets how far the time of a webhook's signature may be from ours.</summary>
    /// <value>The default is 5 minutes.</value>
    /// <remarks>
    /// Mailgun asks again after 5 minutes to 4 hours where it was not answered 200, and does not say whether it signs anew. Give it 9 hours
    /// to take those in any case; a signature that is used twice for other content is refused as before.
    /// </remarks>
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns domain and region, never a key.</summary>
    public override string ToString() => $"MailgunOptions {{ Domain: {Domain}, Region: {Region}, BaseAddress: {(BaseAddress is { IsAbsoluteUri: true, Host: var host } ? host : "default")} }}";
}
