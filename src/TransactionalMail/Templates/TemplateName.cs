using System.Globalization;
using System.Text;
using TransactionalMail.Messages;

namespace TransactionalMail.Templates;

/// <summary>The one rule for the names of templates, partials and layouts: segments with slashes between, in any script, which cannot leave the folder.</summary>
internal static class TemplateName
{
    private const int Longest = 200;

    /// <summary>Returns what is wrong with a name and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblem(string name)
    {
        if (name.Length == 0) return "It is empty. Write the name of the template's files up to the culture, such as account/welcome.";
        if (name.Length > Longest) return $"It is {name.Length} characters long; {Longest} are allowed. Shorten it.";
        if (TextRules.FindProblemInLine(name) is { } found) return $"It {found}";
        foreach (var rune in name.EnumerateRunes())
        {
            if (!IsAllowed(rune)) return $"It has {TextRules.Describe(rune)}. Use letters, digits, hyphens, underscores, dots inside a name, and slashes between folders.";
        }

        return name.Split('/').All(IsSegment)
            ? null
            : "It has an empty folder, a dot at the edge of a name, or two dots in a row. Write it relative to the folder of templates, such as account/welcome.";
    }

    private static bool IsSegment(string segment) =>
        segment.Length > 0 && segment[0] != '.' && segment[^1] != '.' && !segment.Contains("..", StringComparison.Ordinal);

    private static bool IsAllowed(Rune rune) => rune.Value is '-' or '_' or '.' or '/' || Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
