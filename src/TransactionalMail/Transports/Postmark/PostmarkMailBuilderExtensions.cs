using TransactionalMail.Transports.Postmark;

namespace TransactionalMail;

/// <summary>Adds Postmark transports.</summary>
public static class PostmarkMailBuilderExtensions
{
    /// <summary>Adds a Postmark transport named <c>postmark</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets its options.</param>
    public static TransactionalMailBuilder AddPostmark(this TransactionalMailBuilder builder, Action<PostmarkOptions> configure) => builder.AddPostmark("postmark", configure);

    /// <summary>Adds a Postmark transport.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public static TransactionalMailBuilder AddPostmark(this TransactionalMailBuilder builder, string transportName, Action<PostmarkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(transportName);
        return builder.AddProvider(new PostmarkProvider(), transportName, configure);
    }
}
