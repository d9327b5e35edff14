using System.Buffers;

namespace TransactionalMail.Preparation;

/// <summary>A content id as <c>cid:</c> addresses name it (RFC 2392): no brackets, nothing that needs quoting or percent-encoding.</summary>
internal static class ContentId
{
    private const int Longest = 255;
    private static readonly SearchValues<char> s_characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$&'*+-./=?^_`{|}~@");

    /// <summary>Returns what is wrong with a content id and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblem(string contentId)
    {
        if (contentId.Length is 0 or > Longest) return $"It is {contentId.Length} characters long. Use 1 to {Longest}.";
        return contentId.AsSpan().ContainsAnyExcept(s_characters)
            ? "It has a character that cid: addresses cannot name. Use letters, digits, dots, hyphens and @, without angle brackets."
            : null;
    }
}
