using TransactionalMail.Transports.SendGrid;

namespace TransactionalMail;

/// <summary>Adds SendGrid transports.</summary>
public static class SendGridMailBuilderExtensions
{
    /// <summary>Adds a SendGrid transport named <c>sendgrid</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets its options.</param>
    public static TransactionalMailBuilder AddSendGrid(this TransactionalMailBuilder builder, Action<SendGridOptions> configure) => builder.AddSendGrid("sendgrid", configure);

    /// <summary>Adds a SendGrid transport.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public static TransactionalMailBuilder AddSendGrid(this TransactionalMailBuilder builder, string transportName, Action<SendGridOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(transportName);
        return builder.AddProvider(new SendGridProvider(), transportName, configure);
    }
}
