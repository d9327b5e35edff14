using TransactionalMail.Transports.Pickup;

namespace TransactionalMail;

/// <summary>Adds pickup transports.</summary>
public static class PickupMailBuilderExtensions
{
    /// <summary>Adds a transport that writes each mail as an <c>.eml</c> file into a folder.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public static TransactionalMailBuilder AddPickup(this TransactionalMailBuilder builder, string transportName, Action<PickupOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(transportName);
        return builder.AddProvider(new PickupProvider(), transportName, configure);
    }

    /// <summary>Adds a transport named <c>pickup</c> that writes each mail as an <c>.eml</c> file into a folder.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets its options.</param>
    public static TransactionalMailBuilder AddPickup(this TransactionalMailBuilder builder, Action<PickupOptions> configure) => builder.AddPickup("pickup", configure);
}
