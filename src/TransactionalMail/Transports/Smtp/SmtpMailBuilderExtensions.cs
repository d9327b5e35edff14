using TransactionalMail.Transports.Smtp;

namespace TransactionalMail;

/// <summary>Adds SMTP transports.</summary>
public static class SmtpMailBuilderExtensions
{
    /// <summary>Adds an SMTP transport named <c>smtp</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets its options.</param>
    public static TransactionalMailBuilder AddSmtp(this TransactionalMailBuilder builder, Action<SmtpOptions> configure) => builder.AddSmtp("smtp", configure);

    /// <summary>Adds an SMTP transport.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public static TransactionalMailBuilder AddSmtp(this TransactionalMailBuilder builder, string transportName, Action<SmtpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(transportName);
        return builder.AddProvider(new SmtpProvider(), transportName, configure);
    }
}
