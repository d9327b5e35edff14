using TransactionalMail.Mime;

namespace TransactionalMail;

/// <summary>One DKIM key (RFC 6376, RFC 8463). Several for one domain sign together.</summary>
public sealed class DkimOptions
{
    /// <summary>Gets or sets the signing domain (<c>d=</c>), internationalized or in A-labels.</summary>
    /// <remarks>Mail is signed by the keys of its From domain or, without any, of the nearest domain above it. Mail of other domains stays unsigned.</remarks>
    public string Domain { get; set; } = "";

    /// <summary>Gets or sets the selector (<c>s=</c>): the key is published at <c>selector._domainkey.domain</c>.</summary>
    public string Selector { get; set; } = "";

    /// <summary>Gets or sets the private key in PEM: RSA of 1024 to 4096 bits (2048 is best), or Ed25519 in PKCS #8. Excludes <see cref="PrivateKeyPath"/>.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>Gets or sets the file that holds the private key in PEM; relative to the application's base directory.</summary>
    /// <remarks>The file is looked at every few seconds. A changed key is used at once; an unusable one is logged, and every old key stays in use.</remarks>
    public string? PrivateKeyPath { get; set; }

    /// <summary>Returns domain and selector, never the key, not even one that was put in their place.</summary>
    public override string ToString() => $"{DkimName.Selector(Selector) ?? "(invalid)"}._domainkey.{DkimName.Domain(Domain) ?? "(invalid)"}";
}
