using System.Buffers;
using System.Collections.Frozen;

namespace TransactionalMail.Preparation;

/// <summary>Which header fields an application may add (RFC 5322 §2.2): not those that the library or relays write.</summary>
internal static class HeaderName
{
    private const int Longest = 76;

    /// <summary>Printable ASCII without the colon (RFC 5322 §3.6.8 <c>ftext</c>).</summary>
    private static readonly SearchValues<char> s_ftext =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(character => character != ':')]);

    private static readonly FrozenDictionary<string, string> s_reserved = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["From"] = "Use EmailMessage.From.",
        ["Sender"] = "Use EmailMessage.From, and EnvelopeSender for bounces.",
        ["Reply-To"] = "Use EmailMessage.ReplyTo.",
        ["To"] = "Use EmailMessage.To.",
        ["Cc"] = "Use EmailMessage.Cc.",
        ["Bcc"] = "Use EmailMessage.Bcc.",
        ["Subject"] = "Use EmailMessage.Subject.",
        ["Date"] = "It is set when the mail is accepted; use EmailMessage.NotBefore to send later.",
        ["Message-ID"] = "It is set when the mail is accepted.",
        ["MIME-Version"] = "It is set when the mail is composed.",
        ["Return-Path"] = "Use EmailMessage.EnvelopeSender.",
        ["Received"] = "Relays write it.",
        ["Authentication-Results"] = "The recipient's server writes it.",
        ["DKIM-Signature"] = "Use TransactionalMailOptions.Dkim.",
        ["X-Tag"] = "Use EmailMessage.Tags.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly (string Prefix, string Advice)[] s_reservedPrefixes =
    [
        ("Content-", "Use EmailMessage.TextBody, HtmlBody and Attachments."),
        ("Resent-", "It is for people who pass mail on (RFC 5322 §3.6.6)."),
        ("ARC-", "Relays write it (RFC 8617)."),
        ("X-Metadata-", "Use EmailMessage.Metadata."),
        ("X-TransactionalMail-", "The library writes it."),
    ];

    /// <summary>Returns what is wrong with a name and what to do, or <see langword="null"/>.</summary>
    public static string? FindProblem(string name)
    {
        if (name.Length == 0) return "The name is empty. Give it one.";
        if (name.AsSpan().ContainsAnyExcept(s_ftext)) return "The name has a character that is not printable ASCII, or a space or colon (RFC 5322 §2.2). Use letters, digits and hyphens.";
        if (name.Length > Longest) return $"The name is {name.Length} characters long; {Longest} fit on a line. Shorten it.";
        return FindAdvice(name) is { } advice ? $"This field is not for applications. {advice}" : null;
    }

    private static string? FindAdvice(string name)
    {
        if (s_reserved.TryGetValue(name, out var advice)) return advice;
        foreach (var (prefix, other) in s_reservedPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return other;
        }

        return null;
    }
}
