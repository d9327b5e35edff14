using TransactionalMail.Messages;

namespace TransactionalMail.Preparation;

/// <summary>What a header field may say: one line of text, and for fields with a grammar of their own that grammar.</summary>
internal static class HeaderValue
{
    private const int Longest = 8192;
    private const int LongestBracketed = 900;
    private const string OneClick = "List-Unsubscribe=One-Click";

    /// <summary>Returns what is wrong with a value and what to do, or <see langword="null"/>.</summary>
    /// <param name="name">The field's name, in any case.</param>
    /// <param name="value">The value, unfolded and unencoded.</param>
    public static string? FindProblem(string name, string? value)
    {
        if (value is null) return "It is null. Remove it.";
        if (TextRules.FindProblemInLine(value) is { } found) return $"It {found}";
        if (value.Length > Longest) return $"It is {value.Length} characters long; {Longest} are allowed. Shorten it.";

        return name.ToUpperInvariant() switch
        {
            "IN-REPLY-TO" or "REFERENCES" => AreBracketed(value, separator: null, IsMessageId)
                ? null
                : "It holds something else than message ids (RFC 5322 §3.6.4). Write <id@domain>, several with spaces between.",
            "LIST-POST" when value is "NO" => null,
            "LIST-UNSUBSCRIBE" or "LIST-HELP" or "LIST-POST" or "LIST-OWNER" or "LIST-SUBSCRIBE" or "LIST-ARCHIVE" => AreBracketed(value, separator: ',', IsUri)
                ? null
                : "It holds something else than https, http or mailto addresses in angle brackets (RFC 2369). Write <https://example.com/…>, several with commas between, no comments.",
            "LIST-UNSUBSCRIBE-POST" => value is OneClick ? null : $"It must be \"{OneClick}\" (RFC 8058 §3.1).",
            _ => null,
        };
    }

    /// <summary>Returns what one-click unsubscribing lacks, or <see langword="null"/>: it posts to the https address of List-Unsubscribe (RFC 8058 §3.1).</summary>
    public static string? FindProblemInOneClick(IReadOnlyDictionary<string, string> headers)
    {
        if (Find("List-Unsubscribe-Post") is null) return null;
        return Find("List-Unsubscribe")?.Contains("<https:", StringComparison.OrdinalIgnoreCase) is true
            ? null
            : "It needs a List-Unsubscribe with an https address to post to (RFC 8058 §3.1). Add one, or leave it out.";

        string? Find(string name) => headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    // What stands in brackets can be neither folded nor encoded, so it must fit on a line.
    private static bool AreBracketed(string value, char? separator, Func<string, bool> isValid)
    {
        for (var rest = value.AsSpan().Trim(' '); ;)
        {
            var end = rest.IndexOf('>');
            if (end is < 2 or > LongestBracketed || rest[0] != '<' || !isValid(rest[1..end].ToString())) return false;
            rest = rest[(end + 1)..].TrimStart(' ');
            if (rest.IsEmpty) return true;
            if (separator is null) continue;
            if (rest[0] != separator) return false;
            rest = rest[1..].TrimStart(' ');
        }
    }

    // Looser than the grammar on purpose: a reply must be able to name the id that the other side really wrote.
    private static bool IsMessageId(string id) => IsUnquoted(id);

    private static bool IsUri(string uri) => IsUnquoted(uri)
        && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.Scheme is ("https" or "http" or "mailto");

    private static bool IsUnquoted(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('<', '"', '\\');
}
