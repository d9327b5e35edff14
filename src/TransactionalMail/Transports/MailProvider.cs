using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using TransactionalMail.Configuration;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports;

/// <summary>Code that knows one kind of relay. Derive from <see cref="MailProvider{TOptions}"/>.</summary>
public abstract class MailProvider
{
    private protected MailProvider()
    {
    }

    /// <summary>Gets the name of the provider in configuration, and the scheme of its DSNs: <c>smtp</c>.</summary>
    public abstract string Scheme { get; }

    internal abstract MadeTransport? TryCreate(TransportDefinition definition, IServiceProvider services, ICollection<string> faults);
}

/// <summary>Code that knows one kind of relay: how it is configured and how its transport is made. Stateless and thread-safe.</summary>
/// <typeparam name="TOptions">The settings of one transport of this kind; its public properties are the keys that configuration may hold.</typeparam>
public abstract class MailProvider<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions> : MailProvider
    where TOptions : class, new()
{
    /// <summary>Takes over what a DSN says besides its settings: host, port, user name, password, path.</summary>
    public abstract void Configure(TOptions options, MailDsn dsn);

    /// <summary>Takes over a configuration section, or the settings of a DSN.</summary>
    /// <remarks>Usually one line: <c>configuration.Bind(options)</c>, written here so that the binder's source generator sees the type.</remarks>
    public abstract void Configure(TOptions options, IConfiguration configuration);

    /// <summary>Returns every fault of the settings, each as a sentence that says what to do and holds no secret.</summary>
    public abstract IEnumerable<string> Validate(TOptions options);

    /// <summary>Makes the transport from settings without faults.</summary>
    public abstract IMailTransport CreateTransport(TOptions options, MailTransportContext context);

    /// <summary>Makes what reads the provider's reports, from settings without faults.</summary>
    /// <returns><see langword="null"/> where the provider has none, or the settings hold nothing that proves a request; the default.</returns>
    public virtual IMailWebhook? CreateWebhook(TOptions options, MailTransportContext context) => null;

    internal sealed override MadeTransport? TryCreate(TransportDefinition definition, IServiceProvider services, ICollection<string> faults)
    {
        var found = faults.Count;
        var options = new TOptions();
        if (definition.Configuration is { Value: { } dsn }) ApplyDsn(options, dsn, definition.Name, faults);
        else if (definition.Configuration is { } section) ApplySettings(options, section, definition.Name, faults);
        if (definition.Dsn is not null) ApplyDsn(options, definition.Dsn, definition.Name, faults);
        foreach (var configure in definition.Code) ((Action<TOptions>)configure)(options);
        if (faults.Count > found) return null;

        foreach (var fault in Validate(options)) faults.Add($"Transport \"{definition.Name}\": {fault}");
        if (faults.Count > found) return null;
        var context = new MailTransportContext(definition.Name, services);
        return new MadeTransport(CreateTransport(options, context), CreateWebhook(options, context));
    }

    private void ApplyDsn(TOptions options, string text, string name, ICollection<string> faults)
    {
        try
        {
            var dsn = MailDsn.Parse(text);
            Configure(options, dsn);
            ApplySettings(options, dsn.Settings, name, faults);
        }
        catch (FormatException malformed)
        {
            faults.Add($"Transport \"{name}\": {malformed.Message}");
        }
    }

    private void ApplySettings(TOptions options, IConfiguration settings, string name, ICollection<string> faults)
    {
        var known = UnreadKeys.KeysOf<TOptions>();
        foreach (var key in settings.GetChildren().Select(static c => c.Key).Except([.. known, "Provider"], StringComparer.OrdinalIgnoreCase))
        {
            faults.Add($"Transport \"{name}\": there is no setting \"{key}\"; the settings are {string.Join(", ", known)}.");
        }

        try
        {
            Configure(options, settings);
        }
        catch (InvalidOperationException unreadable)
        {
            faults.Add($"Transport \"{name}\": {WithoutValues(unreadable.Message, settings)}");
        }
    }

    /// <summary>The binder quotes what it cannot read, and that may be a password in the wrong setting.</summary>
    private static string WithoutValues(string problem, IConfiguration settings) => settings.AsEnumerable()
        .Where(static s => !string.IsNullOrEmpty(s.Value))
        .Aggregate(problem, static (text, setting) => text.Replace($" '{setting.Value}'", "", StringComparison.Ordinal));
}
