using System.Globalization;
using System.Runtime.InteropServices;
using MimeKit;

namespace TransactionalMail.Testing;

/// <summary>A message that reached a <see cref="LocalSmtpServer"/>, with its envelope. Immutable and thread-safe.</summary>
public sealed class ReceivedMessage
{
    internal ReceivedMessage()
    {
    }

    /// <summary>Gets the reverse-path of <c>MAIL FROM</c>.</summary>
    /// <value>Empty for the null reverse-path <c>&lt;&gt;</c>.</value>
    public required string EnvelopeSender { get; init; }

    /// <summary>Gets the accepted recipients of <c>RCPT TO</c>, in order.</summary>
    public required IReadOnlyList<string> EnvelopeRecipients { get; init; }

    /// <summary>Gets the parameters of <c>MAIL FROM</c>, such as <c>SIZE</c>, <c>BODY</c> and <c>SMTPUTF8</c> (RFC 5321 §4.1.1.11).</summary>
    /// <value>Keys ignore case; a parameter without a value maps to an empty string.</value>
    public required IReadOnlyDictionary<string, string> MailParameters { get; init; }

    /// <summary>Gets the content, byte for byte, after dot-unstuffing (RFC 5321 §4.5.2); the CRLF before the final dot is its last line's.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Gets whether the content held a CR or LF outside CRLF, which RFC 5321 §2.3.8 forbids and SMTP smuggling needs.</summary>
    public required bool HasBareLineEndings { get; init; }

    /// <summary>Gets the length of the longest line, in bytes without CRLF.</summary>
    public required int LongestLine { get; init; }

    /// <summary>Gets whether the connection was encrypted.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Gets the authenticated user.</summary>
    /// <value><see langword="null"/> without AUTH.</value>
    public required string? UserName { get; init; }

    /// <summary>Gets the number of the connection that brought it, counted from 1.</summary>
    public required int ConnectionId { get; init; }

    /// <summary>Parses the content; each call makes a new instance.</summary>
    /// <exception cref="FormatException">The content is not a MIME message.</exception>
    public MimeMessage Parse()
    {
        using var stream = MemoryMarshal.TryGetArray(Raw, out var bytes)
            ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
            : new MemoryStream(Raw.ToArray(), writable: false);
        return MimeMessage.Load(stream);
    }

    /// <summary>Returns sizes only, no addresses and no content.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"message of {Raw.Length} bytes to {EnvelopeRecipients.Count} recipients on connection {ConnectionId}");
}
