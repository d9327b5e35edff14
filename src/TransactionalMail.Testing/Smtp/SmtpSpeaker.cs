namespace TransactionalMail.Testing;

/// <summary>Who said a line of a <see cref="SmtpTranscript"/>.</summary>
public enum SmtpSpeaker
{
    /// <summary>The client: a command.</summary>
    Client,

    /// <summary>The server: a line of a reply.</summary>
    Server,

    /// <summary>Nobody: something that happened to the connection, such as a TLS handshake.</summary>
    Event,
}
