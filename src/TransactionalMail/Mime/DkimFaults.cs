using System.Buffers;
using TransactionalMail.Messages;

namespace TransactionalMail.Mime;

/// <summary>Finds what is wrong with DKIM keys at start-up, before a mail needs them.</summary>
internal static class DkimFaults
{
    private static readonly SearchValues<char> s_selector = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    public static IEnumerable<string> Of(IList<DkimOptions> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            foreach (var fault in Of(keys[i])) yield return $"Dkim[{i}]: {fault}";
            if (keys.Take(i).Any(k => SameRecord(k, keys[i]))) yield return $"Dkim[{i}]: Its domain and selector stand twice. Give each key a selector of its own.";
        }
    }

    private static IEnumerable<string> Of(DkimOptions key)
    {
        if (!DomainName.TryToAscii(key.Domain, out _, out var problem)) yield return $"Domain is no signing domain. {problem}";
        if (!IsSelector(key.Selector)) yield return "Selector is no selector. Use letters, digits, hyphens and single dots, as in \"m1\".";
        if (KeyFault(key) is { } fault) yield return $"The private key {fault}";
    }

    // RFC 6376 §3.1: sub-domains separated by dots; underscores are seen in practice.
    private static bool IsSelector(string? selector) =>
        selector is { Length: > 0 and <= 63 }
        && !selector.AsSpan().ContainsAnyExcept(s_selector)
        && Array.TrueForAll(selector.Split('.'), static label => label.Length > 0 && label[0] != '-' && label[^1] != '-');

    private static bool SameRecord(DkimOptions a, DkimOptions b) =>
        string.Equals(a.Domain, b.Domain, StringComparison.OrdinalIgnoreCase) && string.Equals(a.Selector, b.Selector, StringComparison.OrdinalIgnoreCase);

    private static string? KeyFault(DkimOptions key)
    {
        try
        {
            DkimKey.Import(DkimKeySource.Read(key), "example.com", "x", TimeProvider.System);
            return null;
        }
        catch (FormatException unusable)
        {
            return unusable.Message;
        }
    }
}
