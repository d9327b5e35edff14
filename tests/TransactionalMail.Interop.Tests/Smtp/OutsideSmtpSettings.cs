using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>How an SMTP server from outside behaves in one test.</summary>
internal sealed record OutsideSmtpSettings
{
    /// <summary>Gets how TLS is used; STARTTLS is then required.</summary>
    public SmtpSecurity Security { get; init; } = SmtpSecurity.None;

    public string Certificate { get; init; } = TestCertificate.Pem;

    public string Key { get; init; } = TestCertificate.KeyPem;

    /// <summary>Gets the user who may send; <see langword="null"/> lets everybody.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>Gets the token for XOAUTH2, which smtp-server alone knows.</summary>
    public string? AccessToken { get; init; }

    /// <summary>Gets the SASL mechanisms on offer.</summary>
    public IReadOnlyList<string> Authentication { get; init; } = ["PLAIN", "LOGIN"];

    /// <summary>Gets the refusals of recipients, by address.</summary>
    public IReadOnlyDictionary<string, string> Recipients { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether each recipient is refused for now the first time.</summary>
    public bool Greylist { get; init; }

    /// <summary>Gets the refusal of every content.</summary>
    public string? Content { get; init; }

    /// <summary>Gets where the connection breaks: <c>duringContent</c>, or <c>afterContent</c> with the message taken and no reply.</summary>
    public string? Break { get; init; }

    public int MaxSize { get; init; } = 32 * 1024 * 1024;

    /// <summary>Gets whether the limit is not announced, which smtp-server alone can do.</summary>
    public bool HideSize { get; init; }

    public bool SmtpUtf8 { get; init; } = true;
}
