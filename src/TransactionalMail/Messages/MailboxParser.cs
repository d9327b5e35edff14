using System.Buffers;
using System.Text;

namespace TransactionalMail.Messages;

/// <summary>Tells display name and address apart (RFC 5322 §3.4 <c>mailbox</c>): <c>Ada &lt;ada@example.com&gt;</c>.</summary>
internal static class MailboxParser
{
    private static readonly SearchValues<char> s_specials = SearchValues.Create("\"(),:;<>@[\\]");

    /// <summary>Splits a mailbox without judging its parts.</summary>
    /// <param name="text">A bare address, one in angle brackets, or one with a display name before it.</param>
    /// <param name="displayName">The name without quotes, or <see langword="null"/>.</param>
    /// <param name="address">What should be the address.</param>
    /// <returns>What is wrong and what to do, without content, or <see langword="null"/>.</returns>
    public static string? Split(string text, out string? displayName, out string address)
    {
        displayName = null;
        address = text;
        if (text is ['"', ..])
        {
            if (!QuotedString.TryRead(text, out var quoted, out var end)) return "A double quote does not close. Add the second one.";
            var rest = text[end..].TrimStart(' ');
            if (rest is not ['<', ..]) return null;
            displayName = quoted;
            return Unwrap(rest, out address);
        }

        var bracket = text.IndexOf('<', StringComparison.Ordinal);
        if (bracket < 0) return null;

        displayName = text[..bracket].Trim(' ');
        var special = displayName.AsSpan().IndexOfAny(s_specials);
        return special < 0
            ? Unwrap(text[bracket..], out address)
            : $"The display name has {TextRules.Describe(new Rune(displayName[special]))}. Put the name in double quotes, and write each address as an element of its own.";
    }

    /// <summary>Writes a display name so that <see cref="Split"/> reads it again.</summary>
    public static string Write(string displayName) =>
        displayName.AsSpan().ContainsAny(s_specials) || displayName[0] == ' ' || displayName[^1] == ' ' ? QuotedString.Write(displayName) : displayName;

    /// <summary>Returns what is wrong with a display name, or <see langword="null"/>.</summary>
    /// <remarks>An encoded word (RFC 2047) is refused: written literally, readers would decode it to text nobody validated.</remarks>
    public static string? FindProblemInName(string? displayName)
    {
        if (displayName is null) return null;
        if (TextRules.FindProblemInLine(displayName) is { } found) return $"The display name {found}";
        return displayName.Contains("=?", StringComparison.Ordinal) && displayName.Contains("?=", StringComparison.Ordinal)
            ? "The display name is an encoded word (RFC 2047). Write the name itself; it is encoded when the mail is composed."
            : null;
    }

    private static string? Unwrap(string text, out string address)
    {
        address = "";
        if (!text.Contains('>')) return "The angle bracket does not close. Write > after the address.";
        if (text[^1] != '>') return "Something follows the address. Write each address as an element of its own.";
        address = text[1..^1];
        return null;
    }
}
