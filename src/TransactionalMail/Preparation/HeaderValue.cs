using System.Collections.Frozen;
using TransactionalMail.Messages;
using TransactionalMail.Mime;

namespace TransactionalMail.Preparation;

/// <summary>What a header field may say: one line of text, and for fields with a grammar of their own that grammar.</summary>
internal static class HeaderValue
{
    private const int Longest = 8192;
    private const int LongestUnfolded = 900; // with the field's name and a comma it fits the 998 characters of a line
    private const string OneClick = "List-Unsubscribe=One-Click";

    /// <summary>Fields of tokens and addresses, whose readers decode nothing: they are written as they are, or refused.</summary>
    private static readonly FrozenSet<string> s_structured = new[]
    {
        "Archived-At", "Auto-Submitted", "Disposition-Notification-To", "Expires", "Feedback-ID", "Importance", "In-Reply-To", "List-Archive", "List-Help", "List-ID",
        "List-Owner", "List-Post", "List-Subscribe", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence", "Priority", "References", "Require-Recipient-Valid-Since",
        "Sensitivity", "TLS-Required", "X-Auto-Response-Suppress", "X-MSMail-Priority", "X-Priority",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns what is wrong with a value and what to do, or <see langword="null"/>.</summary>
    /// <param name="name">The field's name, in any case.</param>
    /// <param name="value">The value, unfolded and unencoded.</param>
    public static string? FindProblem(string name, string? value)
    {
        if (value is null) return "It is null. Remove it.";
        if (TextRules.FindProblemInLine(value) is { } found) return $"It {found}";
        if (value.Length > Longest) return $"It is {value.Length} characters long; {Longest} are allowed. Shorten it.";
        if (!s_structured.Contains(name)) return null;

        if (!HeaderField.IsPlain(value))
        {
            return "This field is not encoded, so it takes ASCII only, no space at its ends, and no \"=?\", which would start an encoded word (RFC 2047). In an address write =%3F.";
        }

        if (LongestPart(value) is > LongestUnfolded and var length) return $"A part of it without a space is {length} characters long, and lines are folded at spaces. Shorten it to {LongestUnfolded}, or put spaces between.";
        return FindProblemInGrammar(name, value);
    }

    private static string? FindProblemInGrammar(string name, string value) => name.ToUpperInvariant() switch
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

    /// <summary>Returns what one-click unsubscribing lacks, or <see langword="null"/>: it posts to the https address of List-Unsubscribe (RFC 8058 §3.1).</summary>
    public static string? FindProblemInOneClick(IReadOnlyDictionary<string, string> headers)
    {
        if (Find("List-Unsubscribe-Post") is null) return null;
        return Find("List-Unsubscribe")?.Contains("<https:", StringComparison.OrdinalIgnoreCase) is true
            ? null
            : "It needs a List-Unsubscribe with an https address to post to (RFC 8058 §3.1). Add one, or leave it out.";

        string? Find(string name) => headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    private static bool AreBracketed(string value, char? separator, Func<string, bool> isValid)
    {
        for (var rest = value.AsSpan(); ;)
        {
            var end = rest.IndexOf('>');
            if (end < 2 || rest[0] != '<' || !isValid(rest[1..end].ToString())) return false;
            rest = rest[(end + 1)..].TrimStart(' ');
            if (rest.IsEmpty) return true;
            if (separator is null) continue;
            if (rest[0] != separator) return false;
            rest = rest[1..].TrimStart(' ');
        }
    }

    /// <summary>Returns the length of the longest word with the spaces before it, which folding keeps together.</summary>
    private static int LongestPart(string value)
    {
        var (longest, start) = (0, 0);
        for (var i = 1; i <= value.Length; i++)
        {
            if (i < value.Length && (value[i] is not ' ' || value[i - 1] is ' ')) continue;
            longest = Math.Max(longest, i - start);
            start = i;
        }

        return longest;
    }

    // Looser than the grammar on purpose: a reply must be able to name the id that the other side really wrote.
    private static bool IsMessageId(string id) => IsUnquoted(id);

    private static bool IsUri(string uri) => IsUnquoted(uri)
        && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.Scheme is ("https" or "http" or "mailto");

    private static bool IsUnquoted(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('<', '"', '\\');
}
