using System.Text.RegularExpressions;

namespace TransactionalMail.Transports;

/// <summary>Makes what a server said fit for receipts, errors and logs.</summary>
/// <remarks>For adapter authors: pass every piece of foreign text through here before it reaches an exception or a receipt.</remarks>
public static partial class ServerText
{
    private const int MaxLength = 200;

    /// <summary>More than this is not looked at; what is kept is far shorter.</summary>
    private const int MaxRead = 2_000;

    /// <summary>Returns the text on one line of at most 200 characters, with addresses and the given secrets masked.</summary>
    /// <param name="text">The server's words.</param>
    /// <param name="secrets">Values that must not appear; empty ones are ignored.</param>
    public static string Scrub(string? text, params ReadOnlySpan<string?> secrets)
    {
        if (string.IsNullOrEmpty(text)) return "";

        foreach (var secret in secrets)
        {
            if (!string.IsNullOrEmpty(secret)) text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        if (text.Length > MaxRead) text = text[..MaxRead];
        text = Address().Replace(text, "<address>");
        text = Unprintable().Replace(text, " ").Trim();
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength - 1), "…");
    }

    // A match begins at the beginning of a word only; tried at every letter, a long word would take quadratic time.
    [GeneratedRegex("""<?(?<![^\s<>"(),:;@])[^\s<>"(),:;@]+@[^\s<>"(),;@]+>?""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unprintable();
}
