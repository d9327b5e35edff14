using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail.Outbox;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail;

/// <summary>Hands mail to workers through RabbitMQ.</summary>
public static class RabbitMqMailBuilderExtensions
{
    /// <summary>Lets workers lease mail from RabbitMQ, and carries it there from the application's outbox. Call it after that outbox is registered.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <remarks>
    /// <see cref="ITransactionalMailer.EnqueueAsync"/> writes where it did, with idempotency keys and in the application's transaction; mail for later waits there, too. A process
    /// that only enqueues and relays sets <see cref="MailOutboxOptions.EnqueueOnly"/>; one that only works, and has no such outbox, calls <see cref="UseRabbitMqOutbox"/>.
    /// </remarks>
    public static TransactionalMailBuilder UseRabbitMqWorkers(this TransactionalMailBuilder builder, Action<RabbitMqMailOptions>? configure = null)
    {
        AddQueues(builder, configure);
        builder.Services.AddKeyedSingleton<IMailOutbox>(MailOutboxKeys.Delivery, static (s, _) => s.GetRequiredService<RabbitMqOutbox>());
        builder.Services.TryAddSingleton<OutboxRelay>();
        builder.Services.AddSingleton<IOutboxSignal>(static s => s.GetRequiredService<OutboxRelay>());
        builder.Services.AddSingleton<IOutboxAdmin>(static s => new RelayedOutboxAdmin(
            s.GetRequiredService<IMailOutbox>() as IOutboxAdmin ?? throw new InvalidOperationException("The registered IMailOutbox is no IOutboxAdmin, and dead letters could not be looked at in both places. Implement both in one class."),
            s.GetRequiredService<RabbitMqOutbox>()));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutboxRelay>(static s => s.GetRequiredService<OutboxRelay>()));
        return builder;
    }

    /// <summary>Makes RabbitMQ the outbox itself: enqueued mail is published, and workers lease it. For processes that only work, and applications without a database.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <remarks>
    /// A mail with an <see cref="EmailMessage.IdempotencyKey"/> is refused, and mail is not part of the application's transaction: for both take <see cref="UseRabbitMqWorkers"/>.
    /// </remarks>
    public static TransactionalMailBuilder UseRabbitMqOutbox(this TransactionalMailBuilder builder, Action<RabbitMqMailOptions>? configure = null)
    {
        AddQueues(builder, configure);
        builder.Services.AddSingleton<IMailOutbox>(static s => s.GetRequiredService<RabbitMqOutbox>());
        builder.Services.AddSingleton<IOutboxAdmin>(static s => s.GetRequiredService<RabbitMqOutbox>());
        return builder;
    }

    private static void AddQueues(TransactionalMailBuilder builder, Action<RabbitMqMailOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<RabbitMqMailOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqMailOptions>, RabbitMqMailOptionsValidator>());
        builder.Services.TryAddSingleton<RabbitMqOutbox>();
    }
}
