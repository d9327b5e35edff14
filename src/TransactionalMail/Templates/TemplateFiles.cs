using System.Globalization;

namespace TransactionalMail.Templates;

/// <summary>From a template's name to the files that may hold it.</summary>
internal static class TemplateFiles
{
    /// <summary>What <see cref="IsValidName"/> asks for, in words.</summary>
    public const string NameRule = "a template's name starts at the template folder and has letters, digits, '-', '_', inner dots, and '/' between folders.";

    private const int MaxNameLength = 200;

    /// <summary>Whether a name is made of plain segments: letters, digits, <c>-</c>, <c>_</c>, and dots inside, so that it cannot lead elsewhere.</summary>
    public static bool IsValidName(string name) => name.Length is > 0 and <= MaxNameLength && name.Split('/').All(IsSegment);

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

    private static bool IsSegment(string segment) =>
        segment.Length > 0 && segment[0] != '.' && segment[^1] != '.' && segment.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.');
}
