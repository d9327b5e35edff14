namespace TransactionalMail;

/// <summary>One DKIM key (RFC 6376, RFC 8463). Several for one domain sign together.</summary>
public sealed class DkimOptions
{
    /// <summary>Gets or sets the signing domain (<c>d=</c>); mail whose From is in it is signed.</summary>
    public string Domain { get; set; } = "";

    /// <summary>Gets or sets the selector (<c>s=</c>): the key is published at <c>selector._domainkey.domain</c>.</summary>
    public string Selector { get; set; } = "";

    /// <summary>Gets or sets the private key in PEM. Excludes <see cref="PrivateKeyPath"/>.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>Gets or sets the file that holds the private key in PEM; it is read again when it changes.</summary>
    public string? PrivateKeyPath { get; set; }

    /// <summary>Returns domain and selector, never the key.</summary>
    public override string ToString() => $"{Selector}._domainkey.{Domain}";
}
