using System.Text;

namespace TransactionalMail.Messages;

/// <summary>Reads a bare address (RFC 5321 §4.1.2, RFC 6531 §3.3): no comments, no folding, no obsolete forms.</summary>
internal static class EmailAddressParser
{
    private const int Longest = 254;

    /// <summary>Reads an address.</summary>
    /// <returns>What is wrong and what to do, without the address, or <see langword="null"/>.</returns>
    public static string? Read(string address, out AddressParts parts)
    {
        parts = default;
        if (address.Length == 0) return "It is empty. Write one such as ada@example.com.";
        if (TextRules.FindProblemInLine(address) is { } found) return $"It {found}";
        if (SmtpLocalPart.Read(address, out var at, out var localPart) is { } problem) return problem;

        var domain = address[(at + 1)..];
        if (ReadDomain(domain, out var asciiDomain) is { } domainProblem) return domainProblem;

        var smtpAddress = $"{localPart}@{asciiDomain}";
        var octets = Encoding.UTF8.GetByteCount(smtpAddress);
        if (octets > Longest) return $"It is {octets} octets long on the wire; {Longest} fit into an SMTP path (RFC 5321 §4.5.3.1.3). Shorten it.";

        parts = new AddressParts(address[..at], domain, asciiDomain, smtpAddress);
        return null;
    }

    private static string? ReadDomain(string domain, out string ascii)
    {
        if (domain is ['[', ..])
        {
            return AddressLiteral.TryParse(domain, out ascii)
                ? null
                : "The domain starts with a bracket but is not an address literal such as [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 §4.1.3). Correct it.";
        }

        ascii = "";
        if (domain.AsSpan().ContainsAny(',', ';')) return "It is a list. Write each address as an element of its own.";
        if (domain.Contains('@')) return "It has two @. Put a local part that holds one in double quotes.";
        if (domain.AsSpan().ContainsAny('(', ')', ' ')) return "The domain has a comment or a space. Remove it.";
        return DomainName.TryToAscii(domain, out ascii, out var problem) ? null : problem;
    }
}
