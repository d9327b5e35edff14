using System.Buffers;

namespace TransactionalMail.Preparation;

/// <summary>The keys of metadata, which become parts of header names, and of provider options.</summary>
internal static class OptionName
{
    // "X-Metadata-" and the key make a header name of at most 76 characters.
    private const int LongestMetadata = 64;
    private static readonly SearchValues<char> s_characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Returns what is wrong with a key of <see cref="EmailMessage.Metadata"/> and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblemInMetadata(string name) => IsToken(name) && name.Length <= LongestMetadata
        ? null
        : $"The key is not a name of 1 to {LongestMetadata} ASCII letters, digits, hyphens, underscores and dots. Rename it.";

    /// <summary>Returns what is wrong with a key of <see cref="EmailMessage.ProviderOptions"/> and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblemInProviderOption(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && IsToken(name.AsSpan(0, colon)) && IsToken(name.AsSpan(colon + 1))
            ? null
            : "The key does not name a provider and its option. Write it like postmark:TrackLinks.";

    private static bool IsToken(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(s_characters);
}
