using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TransactionalMail.Messages;

/// <summary>A domain name (RFC 5321 §4.1.2), internationalized or not (RFC 5890).</summary>
internal static class DomainName
{
    private const int LongestLabel = 63;
    private const int Longest = 253;
    private static readonly SearchValues<char> s_lettersDigitsHyphen = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Reads a domain whose labels are ASCII, U-labels or A-labels.</summary>
    /// <param name="domain">The domain without a final dot; one label is enough, as in <c>localhost</c>.</param>
    /// <param name="ascii">The domain as it goes on the wire: A-labels in lower case.</param>
    /// <param name="problem">A sentence that says what is wrong and what to do, without the domain; <see langword="null"/> on success.</param>
    public static bool TryToAscii(string domain, out string ascii, [NotNullWhen(false)] out string? problem)
    {
        problem = Read(domain, out ascii);
        return problem is null;
    }

    private static string? Read(string domain, out string ascii)
    {
        ascii = "";
        if (domain.Length == 0) return "The domain is empty. Write one such as example.com.";
        if (TextRules.FindProblemInLine(domain) is { } found) return $"The domain {found}";
        if (domain[^1] == '.') return "The domain ends with a dot. Remove it.";

        if (domain.Length > 4 * Longest) return $"The domain is {domain.Length} characters long; {Longest} octets fit into DNS (RFC 1035 §2.3.4). Shorten it.";

        var labels = domain.Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (ReadLabel(labels[i], out labels[i]) is { } problem) return $"The domain's label {i + 1} {problem}";
        }

        var joined = string.Join('.', labels);
        if (joined.Length > Longest) return $"The domain is {joined.Length} octets long as A-labels; {Longest} fit into DNS (RFC 1035 §2.3.4). Shorten it.";
        ascii = joined;
        return null;
    }

    private static string? ReadLabel(string label, out string ascii)
    {
        ascii = "";
        if (label.Length == 0) return "is empty. Remove the surplus dot.";
        if (label[0] == '-') return "starts with a hyphen. Remove it.";
        if (label[^1] == '-') return "ends with a hyphen. Remove it.";
        if ((Ascii.IsValid(label) ? ReadAsciiLabel(label, out ascii) : IdnLabel.Encode(label, out ascii)) is { } problem) return problem;
        return ascii.Length > LongestLabel ? $"is {ascii.Length} octets long on the wire; {LongestLabel} are allowed (RFC 1035 §2.3.4). Shorten it." : null;
    }

    private static string? ReadAsciiLabel(string label, out string ascii)
    {
        ascii = label.ToLowerInvariant();
        var foreign = ascii.AsSpan().IndexOfAnyExcept(s_lettersDigitsHyphen);
        if (foreign >= 0) return $"has {TextRules.Describe(new Rune(ascii[foreign]))}. Use letters, digits and hyphens.";
        return ascii.StartsWith(IdnLabel.Prefix, StringComparison.Ordinal) ? IdnLabel.FindProblemInALabel(ascii) : null;
    }
}
