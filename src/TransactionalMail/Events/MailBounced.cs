namespace TransactionalMail;

/// <summary>The recipient's server refused the mail, at once or after a relay had taken it over.</summary>
/// <remarks>A <see cref="BounceKind.Hard"/> one puts the recipient on the suppression list, for every stream.</remarks>
public sealed record MailBounced : MailEvent
{
    /// <summary>Gets what the refusal says about the recipient.</summary>
    public required BounceKind BounceKind { get; init; }

    /// <summary>Gets the reply code of the server that refused (RFC 5321 §4.2), such as 550.</summary>
    public int? SmtpCode { get; init; }

    /// <summary>Gets the enhanced status code (RFC 3463), such as <c>5.1.1</c>.</summary>
    public string? EnhancedCode { get; init; }

    /// <summary>Gets the server's answer on one line, without addresses and secrets.</summary>
    public string? Diagnostic { get; init; }
}
