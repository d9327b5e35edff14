using System.Globalization;
using System.Text;

namespace TransactionalMail.Mime;

/// <summary>The columns text takes in a fixed-width font: two for East Asian characters and emoji, none for combining marks.</summary>
internal static class TextWidth
{
    public static int Of(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text)) return text.Length;

        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Of(rune);
        return width;
    }

    private static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => IsWide(rune.Value) ? 2 : 1,
    };

    // Unicode TR11, by block.
    private static bool IsWide(int value) => value
        is (>= 0x1100 and <= 0x115F)
        or (>= 0x2E80 and <= 0xA4CF)
        or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6)
        or (>= 0x1F300 and <= 0x1FAFF)
        or (>= 0x20000 and <= 0x3FFFD);
}
