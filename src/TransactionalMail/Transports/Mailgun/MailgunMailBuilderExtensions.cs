using TransactionalMail.Transports.Mailgun;

namespace TransactionalMail;

/// <summary>Adds Mailgun transports.</summary>
public static class MailgunMailBuilderExtensions
{
    /// <summary>Adds a Mailgun transport named <c>mailgun</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets its options.</param>
    public static TransactionalMailBuilder AddMailgun(this TransactionalMailBuilder builder, Action<MailgunOptions> configure) => builder.AddMailgun("mailgun", configure);

    /// <summary>Adds a Mailgun transport.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public static TransactionalMailBuilder AddMailgun(this TransactionalMailBuilder builder, string transportName, Action<MailgunOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(transportName);
        return builder.AddProvider(new MailgunProvider(), transportName, configure);
    }
}
