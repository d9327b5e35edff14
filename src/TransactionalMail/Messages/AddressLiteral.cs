using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace TransactionalMail.Messages;

/// <summary>An IP address in place of a domain: <c>[192.0.2.1]</c>, <c>[IPv6:2001:db8::1]</c> (RFC 5321 §4.1.3).</summary>
internal static class AddressLiteral
{
    private const string IPv6Tag = "IPv6:";
    private static readonly SearchValues<char> s_ipv6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Reads a literal with its brackets.</summary>
    /// <param name="text">The literal.</param>
    /// <param name="canonical">The literal in the one spelling that equal addresses share (RFC 5952).</param>
    public static bool TryParse(string text, out string canonical)
    {
        canonical = "";
        if (text is not ['[', .. var inner, ']']) return false;
        var isIPv6 = inner.StartsWith(IPv6Tag, StringComparison.OrdinalIgnoreCase);
        if (!(isIPv6 ? TryParseIPv6(inner[IPv6Tag.Length..], out var address) : TryParseIPv4(inner, out address))) return false;
        canonical = isIPv6 ? $"[{IPv6Tag}{address}]" : $"[{address}]";
        return true;
    }

    // The round trip refuses what inet_aton takes beside four decimal numbers: octal, hexadecimal, fewer parts.
    private static bool TryParseIPv4(string text, out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork && string.Equals(address.ToString(), text, StringComparison.Ordinal);

    private static bool TryParseIPv6(string text, out IPAddress? address)
    {
        address = null;
        if (text.AsSpan().ContainsAnyExcept(s_ipv6) || !text.Contains(':')) return false;

        // "::" stands for two groups at least, and a dotted tail for two.
        var groups = text.Split(':', StringSplitOptions.RemoveEmptyEntries);
        var count = groups.Length + (groups is [.., var last] && last.Contains('.') ? 1 : 0);
        if (count > (text.Contains("::", StringComparison.Ordinal) ? 6 : 8)) return false;
        return IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }
}
