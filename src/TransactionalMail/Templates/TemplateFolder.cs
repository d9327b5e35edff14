using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TransactionalMail.Templates;

/// <summary>The files of <see cref="EmailTemplateOptions.Folder"/>, watched until the container is disposed.</summary>
internal sealed class TemplateFolder : IDisposable
{
    private readonly PhysicalFileProvider? _files;

    public TemplateFolder(IOptions<TransactionalMailOptions> options, IEnumerable<TemplateSource> sources, IServiceProvider services)
    {
        var folder = options.Value.Templates.Folder;
        if (folder is not null && Find(folder, services.GetService<IHostEnvironment>()) is { } path) _files = new PhysicalFileProvider(path);
        Providers = [.. _files is null ? [] : (IFileProvider[])[_files], .. sources.Select(static s => s.Files)];
    }

    /// <summary>Gets every place templates come from, the folder first.</summary>
    public IReadOnlyList<IFileProvider> Providers { get; }

    public void Dispose() => _files?.Dispose();

    public static string? Find(string folder, IHostEnvironment? environment) => Candidates(folder, environment).FirstOrDefault(Directory.Exists);

    public static IEnumerable<string> FaultsOf(EmailTemplateOptions options, IHostEnvironment? environment)
    {
        if (options.Folder is { } folder && Find(folder, environment) is null)
        {
            yield return $"Templates:Folder is not there; looked for {string.Join(" and ", Candidates(folder, environment).Select(static c => $"\"{c}\""))}. Copy the templates to the output, or correct the path.";
        }

        foreach (var (name, value) in Limits(options).Where(static l => l.Value <= 0)) yield return $"Templates:{name} is {value}; it must be positive.";
    }

    private static IEnumerable<string> Candidates(string folder, IHostEnvironment? environment) =>
        new[] { environment?.ContentRootPath, AppContext.BaseDirectory }
            .Where(static root => !string.IsNullOrEmpty(root))
            .Select(root => Path.GetFullPath(folder, root!))
            .Distinct(StringComparer.Ordinal);

    private static (string Name, double Value)[] Limits(EmailTemplateOptions options) =>
    [
        (nameof(options.MaxOutputLength), options.MaxOutputLength),
        (nameof(options.MaxStringLength), options.MaxStringLength),
        (nameof(options.MaxCollectionLength), options.MaxCollectionLength),
        (nameof(options.MaxSteps), options.MaxSteps),
        (nameof(options.MaxDepth), options.MaxDepth),
        (nameof(options.MaxAllocatedBytes), options.MaxAllocatedBytes),
        (nameof(options.MaxDuration), options.MaxDuration.TotalSeconds),
    ];
}
