using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.SendGrid;

/// <summary>The settings of one SendGrid transport.</summary>
/// <remarks>For subusers in the EU, set <see cref="HttpMailOptions.BaseAddress"/> to <c>https://api.eu.sendgrid.com</c>.</remarks>
public sealed class SendGridOptions : HttpMailOptions
{
    /// <summary>Gets or sets the API key; it needs to be allowed to send mail, and nothing else.</summary>
    /// <remarks>A subuser sends with a key of its own: SendGrid does not let a parent account send on its behalf.</remarks>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the pool of IP addresses to send from, of 2 to 64 characters.</summary>
    /// <value>The default is <see langword="null"/>: the account's own.</value>
    /// <remarks>A mail may name another: <c>ProviderOptions["sendgrid:ip_pool_name"]</c>.</remarks>
    public string? IpPool { get; set; }

    /// <summary>Gets or sets the number of the unsubscribe group.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    /// <remarks>A mail may name another: <c>ProviderOptions["sendgrid:asm_group_id"]</c>.</remarks>
    public int? UnsubscribeGroup { get; set; }

    /// <summary>Gets or sets whether SendGrid only checks mail and sends none.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Sandbox { get; set; }

    /// <summary>Gets or sets the verification key of the event webhook, as SendGrid shows it.</summary>
    /// <value>The default is <see langword="null"/>: there is no webhook.</value>
    public string? WebhookPublicKey { get; set; }

    /// <summary>Gets or sets how far the time of a webhook's signature may be from ours.</summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns pool and address, never the key.</summary>
    public override string ToString() => $"SendGridOptions {{ IpPool: {IpPool ?? "default"}, BaseAddress: {(BaseAddress is { IsAbsoluteUri: true, Host: var host } ? host : "default")} }}";
}
