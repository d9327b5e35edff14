using System.Text.RegularExpressions;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Reads the enhanced status code at the start of a reply's text (RFC 2034 §4).</summary>
internal static partial class EnhancedStatusCode
{
    public static string? Of(string text) => Pattern().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
