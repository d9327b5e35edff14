using System.Net.Security;

namespace TransactionalMail.Transports.Smtp;

/// <summary>The settings of one SMTP transport.</summary>
public sealed class SmtpOptions
{
    /// <summary>Gets or sets the relay's host name or IP address. Required.</summary>
    public string Host { get; set; } = "";

    /// <summary>Gets or sets the relay's port.</summary>
    /// <value>The default is that of <see cref="Security"/>: 587, 465 or 25.</value>
    public int? Port { get; set; }

    /// <summary>Gets or sets how the connection is secured.</summary>
    /// <value>The default is <see cref="SmtpSecurity.StartTls"/>.</value>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>Gets or sets the user to authenticate as (RFC 4954).</summary>
    /// <value>The default is <see langword="null"/>: no authentication.</value>
    public string? UserName { get; set; }

    /// <summary>Gets or sets the user's password. Exclusive with <see cref="AccessToken"/>.</summary>
    public string? Password { get; set; }

    /// <summary>Gets or sets what returns an OAuth 2.0 access token for <see cref="UserName"/>; only code can set it.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="Password"/> is used.</value>
    /// <remarks>
    /// It is asked for each new connection and should cache. Where the relay refuses a token, it is asked once more, and another token is tried.
    /// Its time counts towards <see cref="ConnectTimeout"/>. It may be called concurrently by different transports, never by one. What it throws is kept as inner
    /// exception of the failure, as it is: put no token in there.
    /// </remarks>
    public Func<CancellationToken, ValueTask<string>>? AccessToken { get; set; }

    /// <summary>Gets or sets the one SASL mechanism to use, such as <c>PLAIN</c>; the relay must offer it.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the first that the relay offers of SCRAM-SHA-512, SCRAM-SHA-256, SCRAM-SHA-1, CRAM-MD5, PLAIN and
    /// LOGIN, or of XOAUTH2 and OAUTHBEARER with <see cref="AccessToken"/>. A refused login is not tried with another one.
    /// </value>
    public string? AuthenticationMechanism { get; set; }

    /// <summary>Gets or sets whether the password or token may travel unencrypted, which is possible only to a loopback <see cref="Host"/>.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowUnencryptedAuthentication { get; set; }

    /// <summary>Gets or sets the name this client greets with (EHLO, RFC 5321 §4.1.1.1).</summary>
    /// <value>The default is the IP address of the connection's own end, as an address literal.</value>
    public string? LocalDomain { get; set; }

    /// <summary>Gets or sets how long connecting, securing and authenticating may take together.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long one transaction may take from MAIL to the relay's last answer; waiting for a connection does not count.</summary>
    /// <value>The default is 10 minutes, the time RFC 5321 §4.5.3.2.6 asks to wait after the content.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets how many connections may be open to the relay at once. Mail beyond that waits, first come, first served.</summary>
    /// <value>The default is 4.</value>
    public int MaxConnections { get; set; } = 4;

    /// <summary>Gets or sets how many mails one connection may carry before it is closed.</summary>
    /// <value>The default is 100; 1 opens a connection for each mail. A smaller limit that the relay announces (RFC 9422) holds.</value>
    public int MaxMessagesPerConnection { get; set; } = 100;

    /// <summary>Gets or sets how long an unused connection stays open.</summary>
    /// <value>The default is 30 seconds, which is less than relays wait.</value>
    /// <remarks>A relay may close earlier: that is noticed before the connection is used, or at the latest before the relay has taken anything of the mail, which then goes over a fresh one.</remarks>
    public TimeSpan IdleLifetime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how many recipients one transaction may have; a mail with more goes out in several, with the same bytes.</summary>
    /// <value>The default is 100, which every relay must take (RFC 5321 §4.5.3.1.8). A smaller limit that the relay announces (RFC 9422) or enforces holds.</value>
    public int MaxRecipientsPerTransaction { get; set; } = 100;

    /// <summary>Gets or sets the check of the relay's certificate; only code can set it.</summary>
    /// <value>The default trusts what the system trusts, for <see cref="Host"/>.</value>
    public RemoteCertificateValidationCallback? CertificateValidation { get; set; }

    /// <summary>Returns host and security, never credentials.</summary>
    public override string ToString() => $"SmtpOptions {{ Host: {(Uri.CheckHostName(Host) is UriHostNameType.Unknown ? "not a host" : Host)}, Security: {Security} }}";

    internal int EffectivePort => Port ?? Security switch
    {
        SmtpSecurity.Tls => 465,
        SmtpSecurity.None => 25,
        _ => 587,
    };
}
