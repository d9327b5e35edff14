using System.Net.Security;

namespace TransactionalMail;

/// <summary>The mailbox that returned mail comes to, and how it is watched.</summary>
public sealed class BounceMailboxOptions
{
    /// <summary>Gets or sets the IMAP server: a host name or an IP address.</summary>
    /// <value>The default is empty, which is a start-up fault.</value>
    public string Host { get; set; } = "";

    /// <summary>Gets or sets the port.</summary>
    /// <value>The default is <see langword="null"/>: 993 or 143, as <see cref="Security"/> says.</value>
    public int? Port { get; set; }

    /// <summary>Gets or sets how the connection is secured.</summary>
    /// <value>The default is <see cref="ImapSecurity.Tls"/>.</value>
    public ImapSecurity Security { get; set; } = ImapSecurity.Tls;

    /// <summary>Gets or sets the name of the account.</summary>
    /// <value>The default is empty, which is a start-up fault.</value>
    public string UserName { get; set; } = "";

    /// <summary>Gets or sets the password of the account.</summary>
    /// <value>The default is empty, which is a start-up fault.</value>
    public string Password { get; set; } = "";

    /// <summary>Gets or sets the folder that is watched.</summary>
    /// <value>The default is <c>INBOX</c>.</value>
    public string Folder { get; set; } = "INBOX";

    /// <summary>Gets or sets the folder that messages move to once their events are stored; the others stay where they are.</summary>
    /// <value>The default is <see langword="null"/>: all stay, and are marked. The folder must exist. Nothing is ever deleted.</value>
    public string? HandledFolder { get; set; }

    /// <summary>Gets or sets how often the folder is looked at.</summary>
    /// <value>The default is 5 minutes; from 1 second to 29 minutes. A server that offers IDLE (RFC 2177) tells of new messages at once.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets the check of the server's certificate; only code can set it.</summary>
    /// <value>The default trusts what the system trusts, for <see cref="Host"/>.</value>
    public RemoteCertificateValidationCallback? CertificateValidation { get; set; }

    /// <summary>Returns host and security, never credentials.</summary>
    public override string ToString() => $"{nameof(BounceMailboxOptions)} {{ Host: {(Uri.CheckHostName(Host) is UriHostNameType.Unknown ? "not a host" : Host)}, Security: {Security} }}";

    internal int EffectivePort => Port ?? (Security is ImapSecurity.Tls ? 993 : 143);
}
