using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.SendGrid;

/// <summary>SendGrid: <c>sendgrid://APIKEY@default?ipPool=receipts</c>.</summary>
public sealed class SendGridProvider : MailProvider<SendGridOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "sendgrid";

    /// <inheritdoc/>
    public override void Configure(SendGridOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.ApiKey = dsn.UserName ?? options.ApiKey;
        options.BaseAddress = dsn.BaseAddress ?? options.BaseAddress;
    }

    /// <inheritdoc/>
    public override void Configure(SendGridOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(SendGridOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.ApiKey)) yield return "ApiKey is missing. Set it to an API key of SendGrid that may send mail.";
        else if (options.ApiKey.Any(static c => c is <= ' ' or > '~')) yield return "ApiKey holds a space, a line break or a character that is not ASCII. Copy it again.";
        if (options.IpPool is { Length: < 2 or > 64 }) yield return "IpPool is the name of a pool in SendGrid, of 2 to 64 characters.";
        if (options.UnsubscribeGroup < 1) yield return "UnsubscribeGroup is the number of a group in SendGrid, 1 or more.";
        using (var key = options.WebhookPublicKey is null ? null : SendGridWebhook.ReadKey(options.WebhookPublicKey))
        {
            if (options.WebhookPublicKey is not null && key is null) yield return "WebhookPublicKey is no public key. Copy the verification key from the settings of the event webhook, without line breaks.";
        }

        if (options.WebhookTolerance <= TimeSpan.Zero || options.WebhookTolerance > TimeSpan.FromDays(1)) yield return "WebhookTolerance is not positive, or longer than a day.";
        foreach (var fault in options.FindFaults()) yield return fault;
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(SendGridOptions options, MailTransportContext context) => new SendGridTransport(options, context);

    /// <inheritdoc/>
    public override IMailWebhook? CreateWebhook(SendGridOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        return options.WebhookPublicKey is null ? null : new SendGridWebhook(options, context.Services.GetRequiredService<TimeProvider>());
    }
}
