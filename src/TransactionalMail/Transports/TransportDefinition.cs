using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Transports;

/// <summary>Everything said about one transport, in code and in configuration, before anything is made of it.</summary>
/// <param name="Name">The transport's name.</param>
internal sealed record TransportDefinition(string Name)
{
    /// <summary>Gets the provider's scheme, as code said it.</summary>
    public string? Scheme { get; init; }

    /// <summary>Gets the DSN given in code.</summary>
    public string? Dsn { get; init; }

    /// <summary>Gets the actions on the provider's options, in order; they override configuration.</summary>
    public IReadOnlyList<Delegate> Code { get; init; } = [];

    /// <summary>Gets the application's own transport, which needs no provider.</summary>
    public Func<IServiceProvider, IMailTransport>? Create { get; init; }

    /// <summary>Gets the section or DSN of that name in configuration.</summary>
    public IConfigurationSection? Configuration { get; init; }
}
