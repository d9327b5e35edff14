using System.Buffers;
using System.Globalization;
using System.Text;

namespace TransactionalMail.Messages;

/// <summary>The part of an address before its @ (RFC 5321 §4.1.2 <c>Local-part</c>, RFC 6531 §3.3): a dot-string or a quoted string.</summary>
internal static class SmtpLocalPart
{
    private const int Longest = 64;
    private static readonly SearchValues<char> s_atext = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~");

    /// <summary>Reads the local part that an address, free of control characters and lone surrogates, starts with.</summary>
    /// <param name="address">The whole address, not empty.</param>
    /// <param name="at">The index of the @ after the local part.</param>
    /// <param name="canonical">The local part with quotes and escapes only where the grammar needs them.</param>
    /// <returns>What is wrong and what to do, or <see langword="null"/>.</returns>
    public static string? Read(string address, out int at, out string canonical)
    {
        canonical = "";
        var problem = address[0] == '"' ? ReadQuoted(address, out at, out var content) : ReadDotString(address, out at, out content);
        if (problem is not null) return problem;

        canonical = IsDotString(content) ? content : QuotedString.Write(content);
        var octets = Encoding.UTF8.GetByteCount(canonical);
        return octets > Longest ? $"The part before the @ is {octets} octets long; {Longest} are allowed (RFC 5321 §4.5.3.1.1). Shorten it." : null;
    }

    private static string? ReadDotString(string address, out int at, out string content)
    {
        content = "";
        at = address.IndexOf('@', StringComparison.Ordinal);
        var end = at < 0 ? address.Length : at;
        for (var i = 0; i < end;)
        {
            var rune = Rune.GetRuneAt(address, i);
            if (rune.Value != '.' && !IsAtext(rune)) return $"It has {TextRules.Describe(rune)} at position {i + 1}. {Advise(rune)}";
            i += rune.Utf16SequenceLength;
        }

        if (at < 0) return "It has no @. Write one such as ada@example.com.";
        if (at == 0) return "Nothing stands before the @. Write the mailbox's name there.";

        content = address[..at];
        return IsDotString(content) ? null : "The part before the @ starts or ends with a dot, or has two in a row. Remove it, or put that part in double quotes.";
    }

    private static string? ReadQuoted(string address, out int at, out string content)
    {
        if (!QuotedString.TryRead(address, out content, out at)) return "The quoted part before the @ does not end. Close it with a double quote.";
        if (at == address.Length || address[at] != '@') return $"Something else than @ follows the quoted part, at position {at + 1}. Put the whole part before the @ in one pair of double quotes.";

        foreach (var rune in content.EnumerateRunes())
        {
            if (!rune.IsAscii && !IsVisible(rune)) return $"The quoted part before the @ has {TextRules.Describe(rune)}. Remove it.";
        }

        for (var i = 1; i < at; i++)
        {
            if (address[i] == '\\' && address[++i] > '~') return $"A backslash stands before a character that is not ASCII, at position {i}. Remove the backslash.";
        }

        return null;
    }

    private static bool IsDotString(string text)
    {
        var afterDot = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var isDot = rune.Value == '.';
            if (isDot ? afterDot : !IsAtext(rune)) return false;
            afterDot = isDot;
        }

        return !afterDot;
    }

    private static bool IsAtext(Rune rune) => rune.IsAscii ? s_atext.Contains((char)rune.Value) : IsVisible(rune);

    // RFC 6531 allows any UTF-8. A space or an invisible character is a slip or a disguise, but joiners belong to scripts and emoji.
    // The Greek question mark, the varia and the Kelvin sign turn into ";", "`" and "K" wherever someone normalizes (Unicode NFC).
    private static bool IsVisible(Rune rune) => rune.Value switch
    {
        0x200C or 0x200D => true,
        0x037E or 0x1FEF or 0x212A => false,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator),
    };

    private static string Advise(Rune rune) => rune.Value switch
    {
        '<' or '>' => "Give the bare address here; EmailAddress.Parse reads one with a display name.",
        '(' or ')' => "Remove the comment.",
        ',' or ';' or ':' => "Write each address as an element of its own.",
        < 0x80 => "Remove it, or put the whole part before the @ in double quotes.",
        _ => "Remove it.",
    };
}
