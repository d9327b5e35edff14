using System.Text;
using TransactionalMail.Messages;

namespace TransactionalMail.Mime;

/// <summary>Reads the names in <c>d=</c> and <c>s=</c> (RFC 6376 §3.5), which the DNS name of the key is made of.</summary>
internal static class DkimName
{
    /// <summary>Returns the domain in lower-case A-labels, or <see langword="null"/> when it is not one of two labels or more.</summary>
    public static string? Domain(string? domain) =>
        domain is not null && DomainName.TryToAscii(domain, out var ascii, out _) && ascii.Contains('.', StringComparison.Ordinal) ? ascii : null;

    /// <summary>Returns the selector in lower case, or <see langword="null"/> when it is not one.</summary>
    public static string? Selector(string? selector) =>
        selector is not null && Ascii.IsValid(selector) && DomainName.TryToAscii(selector, out var ascii, out _) ? ascii : null;
}
