using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>Mailgun: <c>mailgun://KEY@default/mg.example.com?region=eu</c>.</summary>
public sealed class MailgunProvider : MailProvider<MailgunOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "mailgun";

    /// <inheritdoc/>
    public override void Configure(MailgunOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.ApiKey = dsn.UserName ?? options.ApiKey;
        options.Domain = dsn.Path.Trim('/') is { Length: > 0 } domain ? domain : options.Domain;
        options.BaseAddress = dsn.BaseAddress ?? options.BaseAddress;
    }

    /// <inheritdoc/>
    public override void Configure(MailgunOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(MailgunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.ApiKey)) yield return "ApiKey is missing. Set it to an API key of Mailgun, or to a sending key of the domain.";
        else if (options.ApiKey.Any(static c => c is <= ' ' or > '~')) yield return "ApiKey holds a space, a line break or a character that is not ASCII. Copy it again.";
        if (string.IsNullOrWhiteSpace(options.Domain)) yield return "Domain is missing. Set it to the domain in Mailgun to send from, such as mg.example.com.";
        else if (Uri.CheckHostName(options.Domain) is not UriHostNameType.Dns || options.Domain.Any(static c => c > '~')) yield return "Domain is not a domain name such as mg.example.com; an international one is written in its ASCII form.";
        if (!Enum.IsDefined(options.Region)) yield return "Region is not a region of Mailgun. Set Us or Eu.";
        if (options.WebhookSigningKey is { Length: < 16 }) yield return "WebhookSigningKey is shorter than any of Mailgun. Copy the webhook signing key of the account.";
        if (options.WebhookTolerance <= TimeSpan.Zero || options.WebhookTolerance > TimeSpan.FromDays(1)) yield return "WebhookTolerance is not positive, or longer than a day.";
        foreach (var fault in options.FindFaults()) yield return fault;
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(MailgunOptions options, MailTransportContext context) => new MailgunTransport(options, context);

    /// <inheritdoc/>
    public override IMailWebhook? CreateWebhook(MailgunOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        return options.WebhookSigningKey is null ? null : new MailgunWebhook(options, context.Services.GetRequiredService<TimeProvider>());
    }
}
