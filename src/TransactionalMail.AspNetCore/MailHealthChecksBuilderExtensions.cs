using Microsoft.Extensions.Diagnostics.HealthChecks;
using TransactionalMail;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of mail.</summary>
public static class MailHealthChecksBuilderExtensions
{
    /// <summary>Adds <c>mail-transports</c>, degraded while a transport is left alone and unhealthy when all are, and <c>mail-outbox</c>, unhealthy when mail waits too long or the outbox cannot be read.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets when the outbox complains.</param>
    /// <param name="tags">Tags of both checks, to choose them by.</param>
    /// <remarks>
    /// What they report names transports and streams and counts mails; it holds no addresses. Where queues of a broker hold the mail, nobody knows for how
    /// long: set <see cref="MailHealthOptions.MaxDepth"/> there.
    /// </remarks>
    public static IHealthChecksBuilder AddTransactionalMail(this IHealthChecksBuilder builder, Action<MailHealthOptions>? configure = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<MailHealthOptions>();
        if (configure is not null) options.Configure(configure);
        string[] labels = [.. tags ?? []];
        return builder.AddCheck<TransportHealthCheck>("mail-transports", tags: labels).AddCheck<OutboxHealthCheck>("mail-outbox", tags: labels);
    }
}
