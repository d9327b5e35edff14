using System.Diagnostics.CodeAnalysis;
using System.Text;
using TransactionalMail.Messages;

namespace TransactionalMail;

/// <summary>An e-mail address with an optional display name; it cannot exist invalid. Immutable and thread-safe.</summary>
/// <remarks>
/// <para>
/// Accepted is what SMTP can carry: RFC 5321 addresses with a dot-string or a quoted string before the @, domains of one label
/// (<c>root@localhost</c>) or more, address literals (<c>[192.0.2.1]</c>, <c>[IPv6:2001:db8::1]</c>), internationalized local
/// parts (RFC 6531) and domains (RFC 5891), the latter in their own script or as A-labels. Refused are comments, folding, obsolete
/// forms, lists, a final dot, control characters, lone surrogates, invisible characters other than joiners, and more than 64
/// octets before the @, 63 in a label or 254 in all. Whether the mailbox exists only its server knows.
/// </para>
/// <para>
/// Two addresses are equal when SMTP sees the same one: the display name, needless quotes, the domain's case and its spelling in
/// A-labels do not matter. The local part is compared ordinally, since only its server knows more (RFC 5321 §2.4).
/// </para>
/// <para>
/// In globalization-invariant mode a domain that may need normalizing (Unicode NFC) is refused; write it in A-labels there.
/// An address is personal data: the library never logs one, and its error messages do not quote it.
/// </para>
/// </remarks>
public sealed record EmailAddress : IParsable<EmailAddress>
{
    /// <summary>Initialises an address.</summary>
    /// <param name="address">The bare address. <see cref="Parse"/> also reads one with a display name.</param>
    /// <param name="displayName">The name as it should be read, neither quoted nor encoded. A blank one counts as none.</param>
    /// <exception cref="FormatException">The address or the name is not valid; the message says where, and what to do.</exception>
    public EmailAddress(string address, string? displayName = null)
        : this(ReadAddress(address), ReadName(displayName))
    {
    }

    private EmailAddress(AddressParts parts, string? displayName)
    {
        (LocalPart, Domain, AsciiDomain, SmtpAddress) = parts;
        DisplayName = displayName;
    }

    /// <summary>Gets the address as its author wrote it, without the display name.</summary>
    public string Address => $"{LocalPart}@{Domain}";

    /// <summary>Gets the name shown beside the address, as it should be read.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? DisplayName { get; }

    /// <summary>Gets the part before the @ as its author wrote it, with the quotes it may have.</summary>
    public string LocalPart { get; }

    /// <summary>Gets the domain, or the address literal in its brackets, as its author wrote it.</summary>
    public string Domain { get; }

    /// <summary>Gets the domain in lower-case A-labels (RFC 5890 §2.3.2.1): <c>xn--mller-kva.example</c> for <c>Müller.example</c>.</summary>
    public string AsciiDomain { get; }

    /// <summary>Gets the address as it goes into MAIL FROM and RCPT TO: the local part without needless quotes, @, and <see cref="AsciiDomain"/>.</summary>
    public string SmtpAddress { get; }

    /// <summary>Gets whether the local part is not ASCII, so that a server must offer SMTPUTF8 (RFC 6531) to take the address.</summary>
    /// <remarks>An internationalized domain alone does not need it: its A-labels are ASCII.</remarks>
    public bool RequiresSmtpUtf8 => !Ascii.IsValid(SmtpAddress);

    /// <summary>Reads an address as <see cref="Parse"/> does.</summary>
    /// <param name="text">The address, with a display name or without.</param>
    /// <exception cref="FormatException">The text is not one valid address.</exception>
    public static implicit operator EmailAddress(string text) => Parse(text, null);

    /// <summary>Reads <c>ada@example.com</c>, <c>Ada &lt;ada@example.com&gt;</c> or <c>"Lovelace, Ada" &lt;ada@example.com&gt;</c>.</summary>
    /// <param name="s">One address. Encoded words (RFC 2047) are refused: write the name itself.</param>
    /// <param name="provider">Not used: no culture changes an address.</param>
    /// <exception cref="FormatException">The text is not one valid address; the message says where it is wrong, and what to do.</exception>
    public static EmailAddress Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Read(s, out var result) is { } problem ? throw NotValid(problem) : result!;
    }

    /// <summary>Reads what <see cref="Parse"/> reads, without an exception when it is something else: for input of users.</summary>
    /// <param name="s">The text.</param>
    /// <param name="result">The address, or <see langword="null"/>.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, [MaybeNullWhen(false)] out EmailAddress result)
    {
        result = null;
        return s is not null && Read(s, out result) is null;
    }

    /// <inheritdoc cref="TryParse(string?, out EmailAddress)"/>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used: no culture changes an address.</param>
    /// <param name="result">The address, or <see langword="null"/>.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out EmailAddress result) =>
        TryParse(s, out result);

    /// <summary>Returns whether SMTP sees the same address; the display name does not matter.</summary>
    /// <param name="other">The address to compare with.</param>
    public bool Equals(EmailAddress? other) => string.Equals(SmtpAddress, other?.SmtpAddress, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => SmtpAddress.GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the whole address, which is personal data, in the form that <see cref="Parse"/> reads: <c>"Lovelace, Ada" &lt;ada@example.com&gt;</c>.</summary>
    public override string ToString() => DisplayName is null ? Address : $"{MailboxParser.Write(DisplayName)} <{Address}>";

    private static string? Read(string text, out EmailAddress? result)
    {
        result = null;
        if (MailboxParser.Split(text, out var displayName, out var address) is { } problem) return problem;
        if ((EmailAddressParser.Read(address, out var parts) ?? MailboxParser.FindProblemInName(displayName)) is { } found) return found;
        result = new EmailAddress(parts, NullIfBlank(displayName));
        return null;
    }

    private static AddressParts ReadAddress(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return EmailAddressParser.Read(address, out var parts) is { } problem ? throw NotValid(problem) : parts;
    }

    private static string? ReadName(string? displayName) =>
        MailboxParser.FindProblemInName(displayName) is { } problem ? throw NotValid(problem) : NullIfBlank(displayName);

    private static string? NullIfBlank(string? displayName) => string.IsNullOrWhiteSpace(displayName) ? null : displayName;

    private static FormatException NotValid(string problem) => new($"Not a valid e-mail address. {problem}");
}
