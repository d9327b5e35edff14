namespace TransactionalMail.Transports.Smtp;

/// <summary>How the connection to an SMTP relay is secured.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS, required: a relay that does not offer it gets no mail (RFC 3207). Port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314 §3.3). Port 465.</summary>
    Tls,

    /// <summary>No encryption: for relays on the same machine. Port 25.</summary>
    None,
}
