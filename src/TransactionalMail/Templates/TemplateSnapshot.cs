using System.Globalization;

namespace TransactionalMail.Templates;

/// <summary>The templates as one rendering sees them: a file that changes meanwhile keeps the version found first.</summary>
internal sealed class TemplateSnapshot(TemplateStore store, CultureInfo culture)
{
    private readonly Dictionary<(string Name, TemplatePart Part), ParsedTemplate?> _found = [];

    public CultureInfo Culture => culture;

    public ParsedTemplate? Find(string name, TemplatePart part)
    {
        if (_found.TryGetValue((name, part), out var template)) return template;
        return _found[(name, part)] = store.Find(name, part, culture);
    }

    /// <summary>Finds a partial or layout that a template needs.</summary>
    /// <param name="name">The name it is asked for by.</param>
    /// <param name="isSpelledOut">Whether the name stands in the template; one from the model is content, which no error quotes.</param>
    /// <param name="part">The part under way.</param>
    /// <param name="askedAt">Where it is asked for.</param>
    /// <exception cref="EmailTemplateException">There is none, or it is wrong.</exception>
    public ParsedTemplate Find(string name, bool isSpelledOut, TemplatePart part, TemplateLocation askedAt)
    {
        if (TemplateName.FindProblem(name) is { } problem) throw askedAt.Error($"what it asks for is not a template's name. {problem}");
        return Find(name, part) ?? throw askedAt.Error(isSpelledOut
            ? $"there is no template `{name}`. Looked for {string.Join(", ", TemplateFiles.Candidates(name, part, culture))}."
            : "there is no template of the name that the model gives.");
    }
}
