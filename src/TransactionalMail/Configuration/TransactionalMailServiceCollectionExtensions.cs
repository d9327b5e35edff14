using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail;
using TransactionalMail.Audit;
using TransactionalMail.Bounces;
using TransactionalMail.Configuration;
using TransactionalMail.Delivery;
using TransactionalMail.Diagnostics;
using TransactionalMail.Events;
using TransactionalMail.Idempotency;
using TransactionalMail.Mime;
using TransactionalMail.Outbox;
using TransactionalMail.Preparation;
using TransactionalMail.Suppression;
using TransactionalMail.Templates;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Http;
using TransactionalMail.Transports.Mailgun;
using TransactionalMail.Transports.Pickup;
using TransactionalMail.Transports.Postmark;
using TransactionalMail.Transports.SendGrid;
using TransactionalMail.Transports.Smtp;
using TransactionalMail.Webhooks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers TransactionalMail.</summary>
public static class TransactionalMailServiceCollectionExtensions
{
    /// <summary>Registers <see cref="ITransactionalMailer"/> with settings from code. Calling it again adds to the same registration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; <see langword="null"/> keeps the defaults.</param>
    public static TransactionalMailBuilder AddTransactionalMail(this IServiceCollection services, Action<TransactionalMailOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        var options = services.AddOptions<TransactionalMailOptions>().ValidateOnStart();
        if (configure is not null) options.PostConfigure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TransactionalMailOptions>, TransactionalMailOptionsValidator>());
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<MailProvider, MailgunProvider>(),
            ServiceDescriptor.Singleton<MailProvider, PickupProvider>(),
            ServiceDescriptor.Singleton<MailProvider, PostmarkProvider>(),
            ServiceDescriptor.Singleton<MailProvider, SendGridProvider>(),
            ServiceDescriptor.Singleton<MailProvider, SmtpProvider>(),
        ]);
        services.AddMailHttpClient();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TransportRegistry>();
        services.TryAddSingleton<MailStreams>();
        services.TryAddSingleton<TemplateFolder>();
        services.TryAddSingleton(static s => new TemplateStore(s.GetRequiredService<TemplateFolder>().Providers));
        services.TryAddSingleton<IEmailTemplateRenderer>(static s => new LiquidRenderer(
            s.GetRequiredService<TemplateStore>(), s.GetRequiredService<IOptions<TransactionalMailOptions>>().Value.Templates, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<DkimSigning>();
        services.TryAddSingleton<MimeComposer>();
        services.TryAddSingleton<MailPreparer>();
        services.TryAddSingleton<MailDelivery>();
        services.AddMailEvents();
        services.TryAddSingleton<IBounceReader, BounceReader>();
        services.AddOutbox();
        services.TryAddSingleton<IMailExplainer, MailExplainer>();
        services.TryAddSingleton<ITransactionalMailer>(static s => CreateMailer(s, null));
        services.TryAddKeyedSingleton<ITransactionalMailer>(KeyedService.AnyKey, static (s, key) => CreateMailer(s, s.GetRequiredService<MailStreams>().Find(key as string ?? "").Name));
        return new TransactionalMailBuilder(services);
    }

    /// <summary>Registers <see cref="ITransactionalMailer"/> with settings, transports and streams from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section, usually <c>configuration.GetSection("TransactionalMail")</c>.</param>
    /// <remarks>What code sets wins over configuration. A key that nothing reads is a start-up fault.</remarks>
    public static TransactionalMailBuilder AddTransactionalMail(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var builder = services.AddTransactionalMail();
        services.AddSingleton(new MailConfiguration(configuration));
        services.AddOptions<TransactionalMailOptions>().Bind(configuration);
        return builder;
    }

    /// <summary>Puts one transport in the place of all others, whose settings are then neither read nor checked: for tests.</summary>
    /// <param name="services">The services, with or without TransactionalMail registered yet.</param>
    /// <param name="transport">The transport.</param>
    public static IServiceCollection ReplaceMailTransports(this IServiceCollection services, IMailTransport transport)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(transport);
        return services.AddSingleton(new TransportReplacement(transport));
    }

    /// <remarks>Nothing but the transport repeats a request, follows a redirect or keeps cookies, whatever the application does to every client.</remarks>
    private static void AddMailHttpClient(this IServiceCollection services)
    {
        services.AddHttpClient(HttpMailTransport.ClientName)
            .RemoveAllLoggers() // they would tell what a broken server says, and give structured logs the key: redaction is of the text alone
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null, // no span of its own, for the same reason
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectTimeout = TimeSpan.FromSeconds(15),
            })
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) =>
            {
                handlers.Clear();
                handlers.Add(new QuietHandler());
            });
    }

    private static void AddMailEvents(this IServiceCollection services)
    {
        services.TryAddSingleton<IMailAudit, InMemoryMailAudit>();
        services.TryAddSingleton(static s => s.GetRequiredService<IMailAudit>() as IAuditAdmin
            ?? throw new InvalidOperationException("The registered IMailAudit is no IAuditAdmin. Register one beside it."));
        services.TryAddSingleton<ISuppressionList, InMemorySuppressionList>();
        services.TryAddSingleton(static s => s.GetRequiredService<ISuppressionList>() as ISuppressionAdmin
            ?? throw new InvalidOperationException("The registered ISuppressionList is no ISuppressionAdmin. Register one beside it."));
        services.TryAddSingleton<SuppressionUpdater>();
        services.TryAddSingleton<EventPipeline>();
        services.TryAddSingleton<MailEventDispatcher>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MailEventDrain>());
        services.TryAddSingleton<MailTelemetry>();
        services.TryAddSingleton<IMailEventRecorder, MailEventRecorder>();
        services.TryAddSingleton<IMailWebhooks, MailWebhooks>();
    }

    /// <remarks>After the events: a host stops in reverse order, and deliveries that end still have something to tell.</remarks>
    private static void AddOutbox(this IServiceCollection services)
    {
        services.TryAddSingleton<InMemoryIdempotencyLedger>();
        services.TryAddSingleton<IIdempotencyLedger>(static s => s.GetRequiredService<InMemoryIdempotencyLedger>());
        services.TryAddSingleton<IdempotentSending>();
        services.TryAddSingleton<InMemoryOutbox>();
        services.TryAddSingleton<IMailOutbox>(static s => s.GetRequiredService<InMemoryOutbox>());
        services.TryAddSingleton(static s => s.GetRequiredService<IMailOutbox>() as IOutboxAdmin
            ?? throw new InvalidOperationException("The registered IMailOutbox is no IOutboxAdmin. Register one beside it."));
        services.TryAddKeyedSingleton<IMailOutbox>(MailOutboxKeys.Delivery, static (s, _) => s.GetRequiredService<IMailOutbox>());
        services.TryAddSingleton<IMailStatus, MailStatus>();
        services.TryAddSingleton<OutboxDelivery>();
        services.TryAddSingleton<OutboxEngine>();
        services.TryAddKeyedSingleton<IOutboxSignal>(MailOutboxKeys.Delivery, static (s, _) => s.GetRequiredService<OutboxEngine>());
        services.TryAddSingleton(static s => s.GetRequiredKeyedService<IOutboxSignal>(MailOutboxKeys.Delivery));
        services.AddHostedService<OutboxHostedService>();
    }

    private static TransactionalMailer CreateMailer(IServiceProvider services, string? stream) => new(
        stream,
        services.GetRequiredService<MailStreams>(),
        services.GetRequiredService<MailPreparer>(),
        services.GetRequiredService<MimeComposer>(),
        services.GetRequiredService<MailDelivery>(),
        services.GetRequiredService<IdempotentSending>(),
        services.GetRequiredService<OutboxEngine>(),
        services.GetRequiredService<IOutboxSignal>(),
        services.GetRequiredService<MailTelemetry>(),
        services.GetRequiredService<TimeProvider>());
}
