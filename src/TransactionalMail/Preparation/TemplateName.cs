using System.Globalization;
using System.Text;
using TransactionalMail.Messages;

namespace TransactionalMail.Preparation;

/// <summary>A template's name: one or more segments with slashes between, which cannot leave the folder of templates.</summary>
internal static class TemplateName
{
    /// <summary>Returns what is wrong with a name and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblem(string name)
    {
        if (name.Length == 0) return "It is empty. Write the name of the template's files up to the culture, such as account/welcome.";
        if (TextRules.FindProblemInLine(name) is { } found) return $"It {found}";
        foreach (var rune in name.EnumerateRunes())
        {
            if (!IsAllowed(rune)) return $"It has {TextRules.Describe(rune)}. Use letters, digits, hyphens, underscores, dots inside a name, and slashes between folders.";
        }

        return name.Split('/').Any(segment => segment.Length == 0 || segment[0] == '.' || segment[^1] == '.' || segment.Contains("..", StringComparison.Ordinal))
            ? "It has an empty folder, or a dot at the edge of a name. Write it relative to the folder of templates, such as account/welcome."
            : null;
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '-' or '_' or '.' or '/' || Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
