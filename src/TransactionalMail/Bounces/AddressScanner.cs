using System.Buffers;

namespace TransactionalMail.Bounces;

/// <summary>Finds addresses in text, in time proportional to its length.</summary>
internal static class AddressScanner
{
    private const int LongestLocalPart = 64;
    private const int LongestDomain = 255;

    private static readonly SearchValues<char> s_local = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+-/=?^_`{|}~");
    private static readonly SearchValues<char> s_domain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <summary>Finds the first address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where it begins in the text.</param>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static EmailAddress? First(ReadOnlySpan<char> text, out int start)
    {
        for (var at = text.IndexOf('@'); at >= 0; at = NextAt(text, at))
        {
            var before = text[Math.Max(0, at - LongestLocalPart - 1)..at];
            var local = before[(before.LastIndexOfAnyExcept(s_local) + 1)..];
            var after = text.Slice(at + 1, Math.Min(text.Length - at - 1, LongestDomain));
            var domain = (after.IndexOfAnyExcept(s_domain) is >= 0 and var end ? after[..end] : after).TrimEnd(".-");
            start = at - local.Length;
            if (local.Length > 0 && domain.Length > 0 && EmailAddress.TryParse($"{local}@{domain}", out var address)) return address;
        }

        start = -1;
        return null;
    }

    private static int NextAt(ReadOnlySpan<char> text, int at) => text[(at + 1)..].IndexOf('@') is >= 0 and var next ? at + 1 + next : -1;
}
