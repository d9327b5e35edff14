namespace TransactionalMail.Testing;

/// <summary>The points of an SMTP conversation at which <see cref="LocalSmtpServer"/> can be told what to reply.</summary>
public enum SmtpStage
{
    /// <summary>The greeting, before the client has said anything (RFC 5321 §3.1).</summary>
    Connect,

    /// <summary>The <c>EHLO</c> or <c>HELO</c> command (RFC 5321 §4.1.1.1).</summary>
    Ehlo,

    /// <summary>The <c>STARTTLS</c> command, before the handshake (RFC 3207); the handshake follows a reply of 220 only.</summary>
    StartTls,

    /// <summary>The verdict on <c>AUTH</c>, after the credentials were given (RFC 4954).</summary>
    Auth,

    /// <summary>The <c>MAIL FROM</c> command (RFC 5321 §4.1.1.2).</summary>
    MailFrom,

    /// <summary>One <c>RCPT TO</c> command (RFC 5321 §4.1.1.3).</summary>
    RcptTo,

    /// <summary>The <c>DATA</c> command, before the content (RFC 5321 §4.1.1.4); the content follows a reply of 354 only.</summary>
    Data,

    /// <summary>The end of the content, CRLF.CRLF: the last word on a message.</summary>
    EndOfData,

    /// <summary>The <c>RSET</c> command.</summary>
    Rset,

    /// <summary>The <c>NOOP</c> command.</summary>
    Noop,

    /// <summary>The <c>QUIT</c> command; the connection closes after the reply.</summary>
    Quit,
}
