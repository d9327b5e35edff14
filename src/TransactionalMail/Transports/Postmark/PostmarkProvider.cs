using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Postmark;

/// <summary>Postmark: <c>postmark://TOKEN@default?stream=outbound</c>.</summary>
public sealed class PostmarkProvider : MailProvider<PostmarkOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "postmark";

    /// <inheritdoc/>
    public override void Configure(PostmarkOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.Token = dsn.UserName ?? options.Token;
        options.BaseAddress = dsn.BaseAddress ?? options.BaseAddress;
    }

    /// <inheritdoc/>
    public override void Configure(PostmarkOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(PostmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Token) && !options.Sandbox) yield return "Token is missing. Set it to the API token of the server in Postmark, or Sandbox to send nothing.";
        if (options.Token is { } token && token.Any(static c => c is <= ' ' or > '~')) yield return "Token holds a space, a line break or a character that is not ASCII. Copy it again.";
        if (options.Stream is { } stream && (stream.Length == 0 || stream.Any(char.IsControl))) yield return "Stream is empty or holds a control character.";
        if (options.WebhookPassword is { Length: < 16 }) yield return "WebhookPassword is shorter than 16 characters. Anybody who guesses it can make up bounces.";
        if (options.WebhookPassword is not null && options.WebhookHeader is null == options.WebhookUserName is null) yield return "WebhookPassword goes with either WebhookUserName or WebhookHeader. Set the one that Postmark was given.";
        if (options.WebhookPassword is null && (options.WebhookUserName ?? options.WebhookHeader) is not null) yield return "WebhookPassword is missing. Without it nothing proves that a request comes from Postmark.";
        foreach (var fault in options.FindFaults()) yield return fault;
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(PostmarkOptions options, MailTransportContext context) => new PostmarkTransport(options, context);

    /// <inheritdoc/>
    public override IMailWebhook? CreateWebhook(PostmarkOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        return options.WebhookPassword is null ? null : new PostmarkWebhook(options, context.Services.GetRequiredService<TimeProvider>());
    }
}
