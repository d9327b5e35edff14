using System.Text;

namespace TransactionalMail.Messages;

/// <summary>One label of an internationalized domain (RFC 5890, RFC 5891), well-formed UTF-16. A problem is a predicate that ends with advice.</summary>
/// <remarks>
/// Upper case is lowered and, where the runtime has ICU, the label is normalized (Unicode NFC); nothing else is mapped (RFC 5895).
/// Without ICU a label that may not be normalized is refused, because its A-label could be another domain's. The Bidi rule
/// (RFC 5893) is left to registries: it concerns display.
/// </remarks>
internal static class IdnLabel
{
    public const string Prefix = "xn--";

    // String.Normalize throws on it; no label may hold it anyway.
    private const char UnnormalizableCharacter = '\ufffe';

    // In globalization-invariant mode the runtime calls every string normalized.
    private static readonly bool s_canNormalize = !"e\u0301".IsNormalized();

    /// <summary>Turns a U-label, in any case, into its A-label.</summary>
    /// <returns>What is wrong and what to do, or <see langword="null"/>.</returns>
    public static string? Encode(string label, out string ascii)
    {
        ascii = "";
        var lower = label.ToLowerInvariant();
        if (s_canNormalize && !lower.Contains(UnnormalizableCharacter)) lower = lower.Normalize();
        if (Ascii.IsValid(lower)) return "has letters that Unicode turns into ASCII ones. Write those.";
        if (FindProblem(lower) is { } problem) return problem;
        if (!s_canNormalize && FindComposing(lower) is { } mark) return $"has the combining mark {TextRules.Describe(mark)}, which only ICU can compose. Write the composed letter, or the label's A-label ({Prefix}…).";

        ascii = Prefix + Punycode.Encode(lower);
        return null;
    }

    /// <summary>Returns what is wrong with a lower-case label that starts with <see cref="Prefix"/> (RFC 5891 §5.4), or <see langword="null"/>.</summary>
    public static string? FindProblemInALabel(string label)
    {
        const string Invalid = "starts with \"" + Prefix + "\" but is not a valid A-label (RFC 5891). Copy it again, or write it in its own script.";
        return Punycode.TryDecode(label[Prefix.Length..], out var decoded)
            && !Ascii.IsValid(decoded)
            && string.Equals(decoded, decoded.ToLowerInvariant(), StringComparison.Ordinal)
            && FindProblem(decoded) is null
            && (!s_canNormalize || decoded.IsNormalized())
            && string.Equals(Prefix + Punycode.Encode(decoded), label, StringComparison.Ordinal)
                ? null
                : Invalid;
    }

    private static Rune? FindComposing(string lower)
    {
        foreach (var rune in lower.EnumerateRunes())
        {
            if (IdnCodePoints.MayCompose(rune)) return rune;
        }

        return null;
    }

    private static string? FindProblem(string lower)
    {
        Rune[] runes = [.. lower.EnumerateRunes()];
        if (IdnCodePoints.IsMark(runes[0])) return $"starts with the combining mark {TextRules.Describe(runes[0])}. Put a letter before it.";
        if (runes.Length > 3 && runes[2].Value == '-' && runes[3].Value == '-') return "has hyphens as third and fourth character, which are kept for A-labels (RFC 5891 §4.2.3.1). Remove one.";
        for (var i = 0; i < runes.Length; i++)
        {
            if (!IdnCodePoints.IsAllowed(runes, i)) return $"has {TextRules.Describe(runes[i])}, which a domain name cannot hold there (RFC 5892). Remove or correct it.";
        }

        return runes.Any(rune => rune.Value is >= 0x660 and <= 0x669) && runes.Any(rune => rune.Value is >= 0x6F0 and <= 0x6F9)
            ? "mixes Arabic-Indic with Eastern Arabic-Indic digits (RFC 5892 appendix A). Use one kind."
            : null;
    }
}
