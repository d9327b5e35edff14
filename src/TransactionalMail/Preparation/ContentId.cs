using System.Buffers;

namespace TransactionalMail.Preparation;

/// <summary>A content id as <c>cid:</c> addresses name it (RFC 2392): a name, alone or with a domain, that needs neither brackets, quotes nor percent-encoding.</summary>
internal static class ContentId
{
    private const int Longest = 255;
    private static readonly SearchValues<char> s_characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$&'*+-./=?^_`{|}~@");

    /// <summary>Returns what is wrong with a content id and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblem(string contentId)
    {
        if (contentId.Length is 0 or > Longest) return $"It is {contentId.Length} characters long. Use 1 to {Longest}.";
        if (contentId.AsSpan().ContainsAnyExcept(s_characters)) return "It has a character that cid: addresses cannot name. Use letters, digits, dots, hyphens and @, without angle brackets.";
        return contentId.Split('@') is { Length: <= 2 } sides && Array.TrueForAll(sides, IsDotAtom)
            ? null
            : "It is not a name such as logo or logo@example.com: its dots stand inside a name, and there is one @ at most (RFC 2392). Rename it.";
    }

    private static bool IsDotAtom(string side) => Array.TrueForAll(side.Split('.'), static atom => atom.Length > 0);
}
