using Microsoft.Extensions.Http;
using TransactionalMail.Testing;
using TransactionalMail.Testing.Ses;
using TransactionalMail.Transports.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an application under test hear a simulated Amazon SES.</summary>
public static class SimulatedSnsServiceCollectionExtensions
{
    /// <summary>Has the simulator answer for Amazon SNS in the region of its <see cref="SesSimulator.WebhookTopicArn"/>: with the certificate of the topic, and when a subscription is confirmed.</summary>
    /// <param name="services">The application's services, before or after its own registration.</param>
    /// <param name="ses">The simulator.</param>
    /// <returns>The services.</returns>
    /// <remarks>Every check stays as it is: the transport fetches the certificate over its own HTTP client, from the one host it would ask in production, and only that host is answered for.</remarks>
    public static IServiceCollection UseSimulatedSns(this IServiceCollection services, SesSimulator ses)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(ses);
        return services.PostConfigure<HttpClientFactoryOptions>( // after the library has cleared what applications add to every client
            HttpMailTransport.ClientName,
            options => options.HttpMessageHandlerBuilderActions.Add(builder => builder.AdditionalHandlers.Add(new SnsHandler(ses.Topic))));
    }
}
