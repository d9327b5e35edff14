using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Bounces;

namespace TransactionalMail;

/// <summary>Adds mailboxes that returned mail comes to.</summary>
public static class BounceMailboxMailBuilderExtensions
{
    /// <summary>Watches a mailbox for bounces, delays, receipts and complaints, while the application's host runs.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says where the mailbox is.</param>
    /// <param name="name">A name of the mailbox, for its options and for logs. Calling it again with the same name changes the same mailbox.</param>
    /// <remarks>
    /// <para>
    /// Give mail the mailbox's address as <see cref="EmailMessage.EnvelopeSender"/>, and let nothing else use it. What
    /// <see cref="IBounceReader"/> reads goes to <see cref="IMailEventRecorder"/>. Once the audit has it, the message is marked with the
    /// keyword <c>$TransactionalMailHandled</c>, or as read on a server without keywords. An application that ends in between, or runs more
    /// than once, reads the message again; its events keep their ids, and the audit that knows them keeps them from being told twice.
    /// </para>
    /// <para>A server that cannot be reached is tried again, at first after a second, at last every five minutes.</para>
    /// </remarks>
    public static TransactionalMailBuilder AddBounceMailbox(this TransactionalMailBuilder builder, Action<BounceMailboxOptions> configure, string name = "bounces")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var services = builder.Services;
        services.AddOptions<BounceMailboxOptions>(name).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BounceMailboxOptions>, BounceMailboxOptionsValidator>());
        if (services.Any(s => s.IsKeyedService && s.ServiceType == typeof(BounceMailboxWatcher) && name.Equals(s.ServiceKey))) return builder;

        services.AddKeyedSingleton(name, (provider, _) => new BounceMailboxWatcher(
            name,
            provider.GetRequiredService<IOptionsMonitor<BounceMailboxOptions>>(),
            provider.GetRequiredService<IBounceReader>(),
            provider.GetRequiredService<IMailEventRecorder>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BounceMailboxWatcher>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<BounceMailboxWatcher>(name));
        return builder;
    }
}
