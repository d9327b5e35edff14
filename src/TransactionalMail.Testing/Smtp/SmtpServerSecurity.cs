namespace TransactionalMail.Testing;

/// <summary>How <see cref="LocalSmtpServer"/> uses TLS.</summary>
public enum SmtpServerSecurity
{
    /// <summary>Clear text only; <c>STARTTLS</c> is neither offered nor known.</summary>
    None,

    /// <summary>Clear text at first, upgraded by <c>STARTTLS</c> (RFC 3207).</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314 §3.3).</summary>
    Tls,
}
