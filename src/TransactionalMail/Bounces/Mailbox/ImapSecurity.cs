namespace TransactionalMail;

/// <summary>How the connection to a mailbox is secured.</summary>
public enum ImapSecurity
{
    /// <summary>TLS from the first byte (RFC 8314 §3.2). Port 993.</summary>
    Tls,

    /// <summary>STARTTLS, required (RFC 9051 §6.2.1). Port 143.</summary>
    StartTls,

    /// <summary>No encryption: for servers on the same machine. Port 143.</summary>
    None,
}
