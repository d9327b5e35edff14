using System.Buffers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TransactionalMail.Configuration;

namespace TransactionalMail.Transports;

/// <summary>Makes every configured transport once, and collects what stands in the way of any.</summary>
internal sealed class TransportRegistry : IAsyncDisposable, IDisposable
{
    private const int LongestScheme = 20;
    private static readonly SearchValues<char> s_scheme = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private readonly List<NamedTransport> _transports = [];
    private readonly List<string> _faults = [];

    public TransportRegistry(
        IEnumerable<TransportDefinition> inCode,
        IEnumerable<MailProvider> providers,
        IEnumerable<MailConfiguration> configurations,
        IEnumerable<TransportReplacement> replacements,
        IServiceProvider services)
    {
        var bySchemes = new Dictionary<string, MailProvider>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in providers) bySchemes[provider.Scheme] = provider;
        var replacement = replacements.LastOrDefault() is { } fake ? new MadeTransport(fake.Transport) : null;
        var definitions = Merge(inCode, configurations.SelectMany(static c => c.Section.GetSection("Transports").GetChildren()));
        HasConfiguredOrder = definitions.Count(static d => d.Scheme is null && d.Dsn is null && d.Create is null) <= 1;
        foreach (var definition in definitions)
        {
            if ((replacement ?? TryCreate(definition, bySchemes, services, _faults)) is { } transport)
            {
                var named = new NamedTransport(definition.Name, transport);
                _transports.Add(named);
                if (replacement is null && definition is { Create: null, Configuration: { } section })
                {
                    named.Follow(section, faults => TryCreate(definition, bySchemes, services, faults), services.GetRequiredService<ILogger<TransportRegistry>>());
                }
            }
            else
            {
                FaultyNames.Add(definition.Name);
            }
        }

        IsReplaced = replacement is not null;
        if (replacement is not null && _transports.Count == 0) _transports.Add(new("fake", replacement));
    }

    /// <summary>Gets the transports, those of code in order of registration first.</summary>
    public IReadOnlyList<NamedTransport> Transports => _transports;

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Gets the names of transports that could not be made; a stream that names one is not at fault itself.</summary>
    public ISet<string> FaultyNames { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets whether the order of <see cref="Transports"/> is one somebody chose; configuration keeps keys sorted, not in the order of the file.</summary>
    public bool HasConfiguredOrder { get; }

    /// <summary>Gets whether one transport stands in for all: a test then waits for nothing, and its failures concern nobody else.</summary>
    public bool IsReplaced { get; }

    public NamedTransport? Find(string name) => _transports.Find(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in _transports) await transport.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Disposes the transports where the container itself is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static List<TransportDefinition> Merge(IEnumerable<TransportDefinition> inCode, IEnumerable<IConfigurationSection> sections)
    {
        var merged = new List<TransportDefinition>();
        foreach (var definition in inCode.Concat(sections.Select(static s => new TransportDefinition(s.Key) { Configuration = s })))
        {
            var same = merged.FindIndex(d => string.Equals(d.Name, definition.Name, StringComparison.OrdinalIgnoreCase));
            if (same < 0) merged.Add(definition);
            else merged[same] = Combine(merged[same], definition);
        }

        return merged;
    }

    private static TransportDefinition Combine(TransportDefinition first, TransportDefinition second) => first with
    {
        Scheme = second.Scheme ?? first.Scheme,
        Dsn = second.Dsn ?? first.Dsn,
        Create = second.Create ?? first.Create,
        Code = [.. first.Code, .. second.Code],
        Configuration = second.Configuration ?? first.Configuration,
    };

    private static MadeTransport? TryCreate(TransportDefinition definition, Dictionary<string, MailProvider> providers, IServiceProvider services, ICollection<string> faults)
    {
        if (definition.Create is not null) return new MadeTransport(definition.Create(services));

        var configured = SchemeOf(definition.Configuration?.Value ?? definition.Dsn) ?? definition.Configuration?["Provider"];
        if (configured is "") return Fault($"Transport \"{definition.Name}\" does not begin with a provider, as \"smtp://user:password@host\" does. Known are {Known()}.");

        var scheme = definition.Scheme ?? configured;
        if (scheme is null)
        {
            return Fault($"Transport \"{definition.Name}\" names no provider. Set Provider to one of {Known()}, or give a DSN such as \"smtp://user:password@host\".");
        }

        if (configured is not null && !string.Equals(configured, scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Fault($"Transport \"{definition.Name}\" is \"{scheme}\" in code and \"{configured}\" in configuration. Give one of them another name.");
        }

        return providers.TryGetValue(scheme, out var provider)
            ? provider.TryCreate(definition, services, faults)
            : Fault($"Transport \"{definition.Name}\" names the unknown provider \"{scheme}\". Known are {Known()}; register others with AddProvider.");

        MadeTransport? Fault(string fault)
        {
            faults.Add(fault);
            return null;
        }

        string Known() => string.Join(", ", providers.Keys.Order(StringComparer.Ordinal).Select(static s => $"\"{s}\""));
    }

    /// <summary>Returns the scheme of a DSN (RFC 3986 §3.1); nothing where it rather looks like a secret in the wrong place, which no fault must show.</summary>
    private static string? SchemeOf(string? dsn)
    {
        if (dsn is null) return null;
        var end = dsn.IndexOf("://", StringComparison.Ordinal);
        return end is > 0 and <= LongestScheme && dsn.AsSpan(0, end).ContainsAnyExcept(s_scheme) is false ? dsn[..end].ToLowerInvariant() : "";
    }
}
