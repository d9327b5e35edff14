using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using TransactionalMail.Events;
using TransactionalMail.Templates;
using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>Adds transports, streams and templates to what <c>AddTransactionalMail</c> registered.</summary>
public sealed class TransactionalMailBuilder
{
    internal TransactionalMailBuilder(IServiceCollection services) => Services = services;

    /// <summary>Gets the services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Makes a provider known to configuration and, with a name, adds a transport of it.</summary>
    /// <param name="provider">The provider; one with the same scheme is replaced.</param>
    /// <param name="transportName">The name of a transport to add; <see langword="null"/> adds none.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    /// <exception cref="ArgumentException"><paramref name="configure"/> is given without <paramref name="transportName"/>.</exception>
    public TransactionalMailBuilder AddProvider<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        MailProvider<TOptions> provider, string? transportName = null, Action<TOptions>? configure = null)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(provider);
        Services.AddSingleton<MailProvider>(provider);
        if (transportName is not null)
        {
            Services.AddSingleton(new TransportDefinition(transportName) { Scheme = provider.Scheme, Code = configure is null ? [] : [configure] });
        }
        else if (configure is not null)
        {
            throw new ArgumentException("Name the transport that is to be configured.", nameof(transportName));
        }

        return this;
    }

    /// <summary>Adds a transport from a DSN: <c>smtp://user:password@host:587</c>.</summary>
    /// <param name="name">The transport's name.</param>
    /// <param name="dsn">The DSN; user name and password are percent-encoded.</param>
    public TransactionalMailBuilder AddTransport(string name, string dsn)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(dsn);
        Services.AddSingleton(new TransportDefinition(name) { Dsn = dsn });
        return this;
    }

    /// <summary>Adds a transport of the application's own.</summary>
    /// <param name="name">The transport's name.</param>
    /// <param name="create">Makes the transport, once; it is disposed with the container.</param>
    public TransactionalMailBuilder AddTransport(string name, Func<IServiceProvider, IMailTransport> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(new TransportDefinition(name) { Create = create });
        return this;
    }

    /// <summary>Adds a stream, or changes one that exists.</summary>
    /// <param name="name">The stream's name, which is the key of its <see cref="ITransactionalMailer"/>.</param>
    /// <param name="configure">Sets its options, after configuration of the same name was applied.</param>
    public TransactionalMailBuilder AddStream(string name, Action<MailStreamOptions> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        Services.PostConfigure<TransactionalMailOptions>(options =>
        {
            if (!options.Streams.TryGetValue(name, out var stream)) options.Streams[name] = stream = new MailStreamOptions();
            configure(stream);
        });
        return this;
    }

    /// <summary>Limits how hard a transport is used, and sets when it is left alone after failures.</summary>
    /// <param name="name">The transport's name.</param>
    /// <param name="configure">Sets its limits, after configuration of the same name was applied.</param>
    public TransactionalMailBuilder LimitTransport(string name, Action<MailTransportLimits> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        Services.PostConfigure<TransactionalMailOptions>(options =>
        {
            if (!options.Limits.TryGetValue(name, out var limits)) options.Limits[name] = limits = new MailTransportLimits();
            configure(limits);
        });
        return this;
    }

    /// <summary>Adds templates from files of any kind. Providers are asked in order of registration, after <see cref="EmailTemplateOptions.Folder"/>.</summary>
    public TransactionalMailBuilder AddTemplates(IFileProvider files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Services.AddSingleton(new TemplateSource(files));
        return this;
    }

    /// <summary>Sets the folder of the templates; see <see cref="EmailTemplateOptions.Folder"/>.</summary>
    public TransactionalMailBuilder AddTemplates(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Services.PostConfigure<TransactionalMailOptions>(options => options.Templates.Folder = folder);
        return this;
    }

    /// <summary>Adds templates that are embedded resources of an assembly, by their folder in the project.</summary>
    /// <param name="assembly">The assembly; its project sets <c>GenerateEmbeddedFilesManifest</c> and references Microsoft.Extensions.FileProviders.Embedded.</param>
    /// <param name="folder">The folder in the project.</param>
    /// <exception cref="InvalidOperationException">The assembly has no manifest of embedded files.</exception>
    public TransactionalMailBuilder AddEmbeddedTemplates(Assembly assembly, string folder = "")
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return AddTemplates(new ManifestEmbeddedFileProvider(assembly, folder));
    }

    /// <summary>Adds an interceptor, which sees every message before it is validated.</summary>
    public TransactionalMailBuilder AddInterceptor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IMailInterceptor
    {
        Services.TryAddEnumerable(ServiceDescriptor.Scoped<IMailInterceptor, T>());
        return this;
    }

    /// <summary>Adds a handler, which is told what happens to mail. Adding it again has no effect.</summary>
    /// <typeparam name="T">The handler. It is resolved in a scope of its own for each event, as it is registered, else as a scoped service.</typeparam>
    public TransactionalMailBuilder AddEventHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IMailEventHandler
    {
        Services.TryAddScoped<T>();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IMailEventHandler, ScopedEventHandler<T>>());
        return this;
    }
}
