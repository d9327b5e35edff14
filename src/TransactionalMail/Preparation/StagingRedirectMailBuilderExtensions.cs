using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TransactionalMail.Preparation;

namespace TransactionalMail;

/// <summary>Adds a redirect for staging systems.</summary>
public static class StagingRedirectMailBuilderExtensions
{
    /// <summary>Sends every mail to a test inbox, except to recipients that are allowed.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="inbox">The test inbox; see <see cref="StagingRedirectOptions.Inbox"/>.</param>
    /// <param name="configure">Allows domains and addresses, and marks subjects.</param>
    /// <remarks>
    /// <para>
    /// The inbox takes the place of recipients who are not allowed, field by field, in To, Cc and Bcc. Whom the mail was for stands in
    /// <c>X-Intercepted-To</c> and <c>X-Intercepted-Cc</c>, and in no field for blind copies, which stay blind.
    /// </para>
    /// <para>
    /// It acts after every interceptor, whenever it was added, so that none can add a recipient behind its back. Calling it again
    /// changes the same redirect: the last inbox holds, and what was allowed stays allowed.
    /// </para>
    /// </remarks>
    public static TransactionalMailBuilder AddStagingRedirect(this TransactionalMailBuilder builder, string inbox, Action<StagingRedirectOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(inbox);
        builder.Services.AddOptions<StagingRedirectOptions>()
            .Configure(options =>
            {
                options.Inbox = inbox;
                configure?.Invoke(options);
            })
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StagingRedirectOptions>, StagingRedirectOptionsValidator>());
        builder.Services.TryAddSingleton<StagingRedirect>();
        return builder;
    }
}
