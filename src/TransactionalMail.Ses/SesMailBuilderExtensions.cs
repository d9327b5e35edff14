using TransactionalMail.Transports.Ses;

namespace TransactionalMail;

/// <summary>Adds Amazon SES transports.</summary>
public static class SesMailBuilderExtensions
{
    /// <summary>Makes Amazon SES known to configuration, as the provider <c>ses</c>, and adds no transport.</summary>
    /// <param name="builder">The builder.</param>
    public static TransactionalMailBuilder AddSes(this TransactionalMailBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProvider(new SesProvider());
    }

    /// <summary>Adds an Amazon SES transport named <c>ses</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets its options.</param>
    public static TransactionalMailBuilder AddSes(this TransactionalMailBuilder builder, Action<SesOptions> configure) => builder.AddSes("ses", configure);

    /// <summary>Adds an Amazon SES transport.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public static TransactionalMailBuilder AddSes(this TransactionalMailBuilder builder, string transportName, Action<SesOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(transportName);
        return builder.AddProvider(new SesProvider(), transportName, configure);
    }
}
