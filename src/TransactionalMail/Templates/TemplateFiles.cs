using System.Globalization;

namespace TransactionalMail.Templates;

/// <summary>From a template's name to the files that may hold it.</summary>
internal static class TemplateFiles
{
    /// <summary>The files to look for, most specific culture first: <c>welcome.de-AT.html.liquid</c>, <c>welcome.de.html.liquid</c>, <c>welcome.html.liquid</c>.</summary>
    public static IEnumerable<string> Candidates(string name, TemplatePart part, CultureInfo culture)
    {
        var extension = part switch { TemplatePart.Subject => "subject", TemplatePart.Html => "html", _ => "txt" };
        for (; culture.Name.Length > 0; culture = culture.Parent) yield return $"{name}.{culture.Name}.{extension}.liquid";
        yield return $"{name}.{extension}.liquid";
    }

    /// <summary>A file and the folders above it: <c>a/b/c</c>, <c>a/b</c>, <c>a</c>.</summary>
    public static IEnumerable<string> PathsTo(string file)
    {
        for (var end = file.Length; end > 0; end = file.LastIndexOf('/', end - 1)) yield return file[..end];
    }
}
