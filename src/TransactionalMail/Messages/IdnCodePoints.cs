using System.Globalization;
using System.Text;

namespace TransactionalMail.Messages;

/// <summary>Which code points a domain label may hold (RFC 5892), derived from their general category, which every globalization mode knows alike.</summary>
internal static class IdnCodePoints
{
    /// <summary>Letters, marks and digits that RFC 5892 disallows nevertheless: compatibility forms, fillers, selectors, old Hangul jamo.</summary>
    /// <remarks>Computed from the IANA table for Unicode 17: every lower-case code point of categories L, M and Nd that is not PVALID.</remarks>
    private static readonly (int First, int Last)[] s_disallowed =
    [
        (0x00AA, 0x00B5), (0x00BA, 0x00BA), (0x0133, 0x0133), (0x0140, 0x0140), (0x0149, 0x0149), (0x017F, 0x017F),
        (0x01C6, 0x01CC), (0x01F3, 0x01F3), (0x02B0, 0x02B8), (0x02E0, 0x02E4), (0x0340, 0x0341), (0x0343, 0x0345),
        (0x034F, 0x034F), (0x0374, 0x0374), (0x037A, 0x037A), (0x03D0, 0x03D6), (0x03F0, 0x03F2), (0x03F5, 0x03F5),
        (0x0587, 0x0587), (0x0640, 0x0640), (0x0675, 0x0678), (0x07FA, 0x07FA), (0x0958, 0x095F), (0x09DC, 0x09DF),
        (0x0A33, 0x0A33), (0x0A36, 0x0A36), (0x0A59, 0x0A5B), (0x0A5E, 0x0A5E), (0x0B5C, 0x0B5D), (0x0E33, 0x0E33),
        (0x0EB3, 0x0EB3), (0x0EDC, 0x0EDD), (0x0F43, 0x0F43), (0x0F4D, 0x0F4D), (0x0F52, 0x0F52), (0x0F57, 0x0F57),
        (0x0F5C, 0x0F5C), (0x0F69, 0x0F69), (0x0F73, 0x0F73), (0x0F75, 0x0F79), (0x0F81, 0x0F81), (0x0F93, 0x0F93),
        (0x0F9D, 0x0F9D), (0x0FA2, 0x0FA2), (0x0FA7, 0x0FA7), (0x0FAC, 0x0FAC), (0x0FB9, 0x0FB9), (0x10FC, 0x10FC),
        (0x1100, 0x11FF), (0x13F8, 0x13FD), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x1C80, 0x1C88), (0x1D2C, 0x1D2E),
        (0x1D30, 0x1D3A), (0x1D3C, 0x1D4D), (0x1D4F, 0x1D6A), (0x1D78, 0x1D78), (0x1D9B, 0x1DBF), (0x1E9A, 0x1E9B),
        (0x1F71, 0x1F71), (0x1F73, 0x1F73), (0x1F75, 0x1F75), (0x1F77, 0x1F77), (0x1F79, 0x1F79), (0x1F7B, 0x1F7B),
        (0x1F7D, 0x1FA7), (0x1FB2, 0x1FB4), (0x1FB7, 0x1FC4), (0x1FC7, 0x1FC7), (0x1FD3, 0x1FD3), (0x1FE3, 0x1FE3),
        (0x1FF2, 0x1FF4), (0x1FF7, 0x2149), (0x2C7C, 0x2C7D), (0x2D6F, 0x2D6F), (0x302E, 0x303B), (0x309F, 0x309F),
        (0x30FF, 0x30FF), (0x3131, 0x318E), (0xA69C, 0xA69D), (0xA770, 0xA770), (0xA7F2, 0xA7F4), (0xA7F8, 0xA7F9),
        (0xA960, 0xA97C), (0xAB5C, 0xAB5F), (0xAB69, 0xABBF), (0xD7B0, 0xFA0D), (0xFA10, 0xFA10), (0xFA12, 0xFA12),
        (0xFA15, 0xFA1E), (0xFA20, 0xFA20), (0xFA22, 0xFA22), (0xFA25, 0xFA26), (0xFA2A, 0xFB1D), (0xFB1F, 0xFE0F),
        (0xFE70, 0xFE72), (0xFE74, 0xFFDC), (0x10781, 0x107BA), (0x1D165, 0x1D7FF), (0x1E030, 0x1E06D), (0x1EE00, 0x1FBF9),
        (0x2F800, 0x2FA1D), (0xE0100, 0xE01EF),
    ];

    /// <summary>Marks that may have to be composed with the letter before them to reach Unicode NFC.</summary>
    private static readonly (int First, int Last)[] s_composing =
    [
        (0x0300, 0x031B), (0x0323, 0x0338), (0x0342, 0x0342), (0x0653, 0x0655), (0x093C, 0x093C), (0x09BE, 0x09BE),
        (0x09D7, 0x09D7), (0x0B3E, 0x0B3E), (0x0B56, 0x0B57), (0x0BBE, 0x0BBE), (0x0BD7, 0x0BD7), (0x0C56, 0x0C56),
        (0x0CC2, 0x0CC2), (0x0CD5, 0x0CD6), (0x0D3E, 0x0D3E), (0x0D57, 0x0D57), (0x0DCA, 0x0DCF), (0x0DDF, 0x0DDF),
        (0x102E, 0x102E), (0x1B35, 0x1B35), (0x3099, 0x309A), (0x110BA, 0x110BA), (0x11127, 0x11127), (0x1133E, 0x1133E),
        (0x11357, 0x11357), (0x114B0, 0x114B0), (0x114BA, 0x114BD), (0x115AF, 0x115AF), (0x11930, 0x11930),
    ];

    /// <summary>Tells whether a lower-case code point may be in a label, given its context where that matters (RFC 5892 §2 and appendix A).</summary>
    public static bool IsAllowed(ReadOnlySpan<Rune> label, int index) => label[index].Value switch
    {
        '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9') => true,
        < 0x80 => false,
        0xB7 => Is(label, index - 1, 'l') && Is(label, index + 1, 'l'),
        0x375 => IsIn(label, index + 1, 0x370, 0x3FF),
        0x5F3 or 0x5F4 => IsIn(label, index - 1, 0x5D0, 0x5F2),
        0x6FD or 0x6FE or 0xF0B or 0x3007 => true,
        0x200C => IsAfterMark(label, index) || (IsIn(label, index - 1, 0x620, 0x6FF) && IsIn(label, index + 1, 0x620, 0x6FF)),
        0x200D => IsAfterMark(label, index),
        0x30FB => HasJapanese(label),
        _ => IsLetterMarkOrDigit(label[index]) && !IsInTable(s_disallowed, label[index].Value),
    };

    /// <summary>Tells whether a mark may be waiting to be composed, so that only the normalization data of ICU can tell.</summary>
    public static bool MayCompose(Rune rune) => IsInTable(s_composing, rune.Value);

    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool IsLetterMarkOrDigit(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;

    private static bool IsAfterMark(ReadOnlySpan<Rune> label, int index) => index > 0 && IsMark(label[index - 1]);

    private static bool HasJapanese(ReadOnlySpan<Rune> label)
    {
        foreach (var rune in label)
        {
            if (rune.Value is (>= 0x3041 and <= 0x30FA) or (>= 0x30FC and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or 0x3005 or 0x3007) return true;
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<Rune> label, int index, int value) => IsIn(label, index, value, value);

    private static bool IsIn(ReadOnlySpan<Rune> label, int index, int first, int last) =>
        (uint)index < (uint)label.Length && label[index].Value >= first && label[index].Value <= last;

    private static bool IsInTable((int First, int Last)[] table, int value)
    {
        var (low, high) = (0, table.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value < table[middle].First) high = middle - 1;
            else if (value > table[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }
}
