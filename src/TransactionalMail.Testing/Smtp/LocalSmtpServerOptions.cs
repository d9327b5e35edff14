using System.Security.Cryptography.X509Certificates;

namespace TransactionalMail.Testing;

/// <summary>How a <see cref="LocalSmtpServer"/> behaves. The defaults make a fast, open server with every extension but TLS and AUTH.</summary>
/// <remarks>The address is not among the options: the server listens on 127.0.0.1 only.</remarks>
public sealed class LocalSmtpServerOptions
{
    /// <summary>Gets the TCP port.</summary>
    /// <value>The default is 0: any free port.</value>
    public int Port { get; init; }

    /// <summary>Gets the name the server greets with.</summary>
    /// <value>The default is <c>localhost</c>.</value>
    public string HostName { get; init; } = "localhost";

    /// <summary>Gets how TLS is used.</summary>
    /// <value>The default is <see cref="SmtpServerSecurity.None"/>.</value>
    public SmtpServerSecurity Security { get; init; }

    /// <summary>Gets the certificate to present, with its private key.</summary>
    /// <value>The default is <see langword="null"/>: with TLS, a self-signed one for localhost and 127.0.0.1 is made at start, in memory.</value>
    /// <remarks>A certificate given here stays the caller's to dispose.</remarks>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Gets whether mail and AUTH are refused (530) until the client has used <c>STARTTLS</c>.</summary>
    /// <value>The default is <see langword="true"/>; it matters with <see cref="SmtpServerSecurity.StartTls"/> only.</value>
    public bool RequireTls { get; init; } = true;

    /// <summary>Gets the user name that AUTH accepts.</summary>
    /// <value>The default is <see langword="null"/>: AUTH is not offered.</value>
    public string? UserName { get; init; }

    /// <summary>Gets the password of <see cref="UserName"/>, which turns on <c>AUTH PLAIN</c> and <c>AUTH LOGIN</c>.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Password { get; init; }

    /// <summary>Gets the token of <see cref="UserName"/>, which turns on <c>AUTH XOAUTH2</c>.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? AccessToken { get; init; }

    /// <summary>Gets the SASL mechanisms offered, of PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, XOAUTH2 and OAUTHBEARER.</summary>
    /// <value>The default is <see langword="null"/>: PLAIN and LOGIN with <see cref="Password"/>, XOAUTH2 with <see cref="AccessToken"/>.</value>
    public IReadOnlyList<string>? AuthenticationMechanisms { get; init; }

    /// <summary>Gets whether mail is refused (530) before a successful AUTH, where AUTH is offered.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool RequireAuthentication { get; init; } = true;

    /// <summary>Gets whether PIPELINING (RFC 2920) is offered.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Pipelining { get; init; } = true;

    /// <summary>Gets whether SIZE (RFC 1870) is offered. The limit itself holds either way.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Size { get; init; } = true;

    /// <summary>Gets whether 8BITMIME (RFC 6152) is offered.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool EightBitMime { get; init; } = true;

    /// <summary>Gets whether SMTPUTF8 (RFC 6531) is offered; without it, addresses that are not ASCII are refused (553).</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool SmtpUtf8 { get; init; } = true;

    /// <summary>Gets whether ENHANCEDSTATUSCODES (RFC 2034) is offered, and such codes stand in the server's own replies.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool EnhancedStatusCodes { get; init; } = true;

    /// <summary>Gets the size of the largest message, in bytes; a larger one is refused (552).</summary>
    /// <value>The default is 32 MiB.</value>
    public int MaxMessageSize { get; init; } = 32 * 1024 * 1024;

    /// <summary>Gets the length of the longest line of content, in bytes without CRLF; a message with a longer one is refused (554).</summary>
    /// <value>The default is 998 (RFC 5322 §2.1.1).</value>
    public int MaxLineLength { get; init; } = 998;

    /// <summary>Gets whether messages are kept for <see cref="LocalSmtpServer.Messages"/>.</summary>
    /// <value>The default is <see langword="true"/>; turn it off where many messages pass, as in a benchmark.</value>
    public bool RetainMessages { get; init; } = true;

    /// <summary>Gets a callback for each message, run before the client has its reply.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    /// <remarks>
    /// Calls of different connections overlap. An exception answers 421, closes the connection and is kept in <see cref="LocalSmtpServer.Errors"/>.
    /// </remarks>
    public Func<ReceivedMessage, ValueTask>? OnMessage { get; init; }

    /// <summary>Gets how many lines <see cref="LocalSmtpServer.Transcript"/> keeps; older ones are dropped.</summary>
    /// <value>The default is 10,000; 0 keeps none.</value>
    public int TranscriptCapacity { get; init; } = 10_000;

    /// <summary>Gets the clock of delayed replies and of <see cref="LocalSmtpServer.WaitForMessagesAsync"/>.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
