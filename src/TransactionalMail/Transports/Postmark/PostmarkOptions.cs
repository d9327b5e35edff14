using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Postmark;

/// <summary>The settings of one Postmark transport.</summary>
public sealed class PostmarkOptions : HttpMailOptions
{
    /// <summary>Gets or sets the server API token.</summary>
    public string? Token { get; set; }

    /// <summary>Gets or sets the message stream in Postmark.</summary>
    /// <value>The default is <see langword="null"/>: the server's own, <c>outbound</c>.</value>
    /// <remarks>A mail may name another: <c>ProviderOptions["postmark:MessageStream"]</c>.</remarks>
    public string? Stream { get; set; }

    /// <summary>Gets or sets whether Postmark only checks mail and sends none.</summary>
    /// <value>The default is <see langword="false"/>. <see cref="Token"/> is not needed then.</value>
    public bool Sandbox { get; set; }

    /// <summary>Gets or sets the user name that Postmark is given for its webhooks, as in <c>https://user:password@app.example/mail/webhooks/postmark</c>.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? WebhookUserName { get; set; }

    /// <summary>Gets or sets the password that Postmark is given for its webhooks, or the value of <see cref="WebhookHeader"/>; of 16 characters at least.</summary>
    /// <value>The default is <see langword="null"/>: there is no webhook.</value>
    public string? WebhookPassword { get; set; }

    /// <summary>Gets or sets the header field in which Postmark sends <see cref="WebhookPassword"/>, where that is set up instead of a user name.</summary>
    /// <value>The default is <see langword="null"/>: there is a user name.</value>
    public string? WebhookHeader { get; set; }

    /// <summary>Returns stream and address, never token and password.</summary>
    public override string ToString() => $"PostmarkOptions {{ Stream: {Stream ?? "default"}, BaseAddress: {(BaseAddress is { IsAbsoluteUri: true, Host: var host } ? host : "default")} }}";
}
