namespace TransactionalMail;

/// <summary>The mail was refused for now, and whoever has it tries again: this library, or the provider that took it over.</summary>
public sealed record MailDeferred : MailEvent
{
    /// <summary>Gets why, where this library made the attempt.</summary>
    public TransportFailure? Failure { get; init; }

    /// <summary>Gets the reply code of the server that refused (RFC 5321 §4.2), such as 451.</summary>
    public int? SmtpCode { get; init; }

    /// <summary>Gets the enhanced status code (RFC 3463), such as <c>4.2.2</c>.</summary>
    public string? EnhancedCode { get; init; }

    /// <summary>Gets the server's answer on one line, without addresses and secrets.</summary>
    public string? Diagnostic { get; init; }
}
