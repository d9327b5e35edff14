using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using TransactionalMail.Templates.Filters;
using TransactionalMail.Templates.Syntax;

namespace TransactionalMail.Templates;

/// <summary>Finds template files, parses each once, and reads it again after it changed. Thread-safe.</summary>
/// <param name="providers">Where files come from; the first that has a file wins.</param>
internal sealed class TemplateStore(IEnumerable<IFileProvider> providers)
{
    private const int MaxEntries = 10_000;
    private const int MaxReads = 3;

    private readonly IFileProvider[] _providers = [.. providers];
    private readonly LiquidParser _parser = new(LiquidFilters.Options.Filters);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Finds the file for a part in the nearest culture.</summary>
    /// <returns>The template, or <see langword="null"/> if no such file exists or the name is not allowed.</returns>
    /// <exception cref="EmailTemplateException">The file cannot be read or parsed.</exception>
    public ParsedTemplate? Find(string name, TemplatePart part, CultureInfo culture)
    {
        if (TemplateName.FindProblem(name) is not null) return null;
        foreach (var file in TemplateFiles.Candidates(name, part, culture))
        {
            if (Load(file) is { } template) return template;
        }

        return null;
    }

    private ParsedTemplate? Load(string file)
    {
        if (_entries.TryGetValue(file, out var entry) && !entry.HasChanged) return entry.Template;

        entry = Read(file);
        if (_entries.Count < MaxEntries || _entries.ContainsKey(file)) _entries[file] = entry;
        return entry.Template;
    }

    private Entry Read(string file)
    {
        var tokens = new List<IChangeToken>();
        foreach (var provider in _providers)
        {
            // Watching before reading: a change in between is seen the next time. Folders too, because one
            // that is moved in or out tells of itself and not of its files.
            tokens.AddRange(TemplateFiles.PathsTo(file).Select(provider.Watch));
            if (provider.GetFileInfo(file) is not { Exists: true, IsDirectory: false } info) continue;
            if (FileRoot.IsLeft(info, file))
                throw new EmailTemplateException(file, null, "the file is a link that leads out of the template folder. Copy the file into it.");
            return new Entry(new ParsedTemplate(file, _parser.Parse(file, ReadText(provider, file, info))), tokens);
        }

        return new Entry(null, tokens);
    }

    /// <summary>Reads a file again if it changed meanwhile, so that half a file is never parsed.</summary>
    private static string ReadText(IFileProvider provider, string file, IFileInfo before)
    {
        for (var reads = 1; ; reads++)
        {
            try
            {
                using var reader = new StreamReader(before.CreateReadStream());
                var text = reader.ReadToEnd();
                var after = provider.GetFileInfo(file);
                if (reads == MaxReads || (after.LastModified == before.LastModified && after.Length == before.Length)) return text;
                before = after;
            }
            catch (IOException exception)
            {
                throw new EmailTemplateException(file, null, "the file cannot be read.", exception);
            }
        }
    }

    private sealed record Entry(ParsedTemplate? Template, IReadOnlyList<IChangeToken> Tokens)
    {
        public bool HasChanged => Tokens.Any(token => token.HasChanged);
    }
}
