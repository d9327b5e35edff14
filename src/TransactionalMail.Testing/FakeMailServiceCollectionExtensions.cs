using TransactionalMail;
using TransactionalMail.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Replaces the transports of an application under test.</summary>
public static class FakeMailServiceCollectionExtensions
{
    /// <summary>Puts a <see cref="FakeMailTransport"/> in the place of every transport; their settings and secrets are neither read nor checked.</summary>
    /// <param name="services">The application's services, after its own registration: in <c>ConfigureTestServices</c> of a <c>WebApplicationFactory</c>, for instance.</param>
    /// <returns>The fake, to look into; it can be resolved from the services too.</returns>
    public static FakeMailTransport UseFakeMail(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var fake = new FakeMailTransport();
        services.AddTransactionalMail();
        services.ReplaceMailTransports(fake);
        services.AddSingleton(fake);
        return fake;
    }
}
