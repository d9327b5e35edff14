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

    /// <summary>Gets or sets the user's password.</summary>
    public string? Password { get; set; }

    /// <summary>Gets or sets whether the password may travel unencrypted, which is possible only to a loopback <see cref="Host"/>.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowUnencryptedAuthentication { get; set; }

    /// <summary>Gets or sets the name this client greets with (EHLO, RFC 5321 §4.1.1.1).</summary>
    /// <value>The default is the IP address of the connection's own end, as an address literal.</value>
    public string? LocalDomain { get; set; }

    /// <summary>Gets or sets how long connecting, securing and authenticating may take together.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long one mail may take from MAIL to the relay's last answer.</summary>
    /// <value>The default is 10 minutes, the time RFC 5321 §4.5.3.2.6 asks to wait after the content.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets the check of the relay's certificate; only code can set it.</summary>
    /// <value>The default trusts what the system trusts, for <see cref="Host"/>.</value>
    public RemoteCertificateValidationCallback? CertificateValidation { get; set; }

    /// <summary>Returns host and security, never credentials.</summary>
    public override string ToString() => $"SmtpOptions {{ Host: {Host}, Security: {Security} }}";

    internal int EffectivePort => Port ?? Security switch
    {
        SmtpSecurity.Tls => 465,
        SmtpSecurity.None => 25,
        _ => 587,
    };
}
