using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace TransactionalMail;

/// <summary>An e-mail address with an optional display name; it cannot exist invalid.</summary>
public sealed record EmailAddress : IParsable<EmailAddress>
{
    /// <summary>Initialises an address.</summary>
    public EmailAddress(string address, string? displayName = null)
    {
        Address = address;
        DisplayName = displayName;
    }

    /// <summary>Gets the address.</summary>
    public string Address { get; }

    /// <summary>Gets the display name.</summary>
    public string? DisplayName { get; }

    /// <summary>Gets the part before the last at sign.</summary>
    public string LocalPart => Address[..Address.LastIndexOf('@')];

    /// <summary>Gets the domain as written.</summary>
    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>Reads an address.</summary>
    public static implicit operator EmailAddress(string text) => Parse(text, null);

    /// <summary>Reads an address.</summary>
    public static EmailAddress Parse(string s, IFormatProvider? provider = null)
    {
        var mailbox = MailboxAddress.Parse(s);
        return new EmailAddress(mailbox.Address, mailbox.Name);
    }

    /// <summary>Reads an address.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out EmailAddress result)
    {
        result = MailboxAddress.TryParse(s, out var mailbox) ? new EmailAddress(mailbox.Address, mailbox.Name) : null;
        return result is not null;
    }
}
