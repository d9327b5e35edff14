using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace TransactionalMail.Mime;

/// <summary>Signs as one domain and selector, relaxed in header and body.</summary>
/// <remarks>Signatures do not expire (no <c>x=</c>): the outbox signs again on every run, so they are never older than the attempts they serve.</remarks>
internal sealed class DkimKeySigner : DkimSigner
{
    private readonly TimeProvider _time;

    public DkimKeySigner(DkimKey key, string domain, string selector, TimeProvider time)
        : base(key.PrivateKey, domain, selector, key.Algorithm)
    {
        _time = time;
        IsWeak = key.IsWeak;
        HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed;
        BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed;
    }

    public bool IsWeak { get; }

    /// <summary>Gets the name of the key's DNS record.</summary>
    public string Name => $"{Selector}._domainkey.{Domain}";

    protected override long GetTimestamp() => _time.GetUtcNow().ToUnixTimeSeconds();

    protected override ISigner CreateSigningContext() => PrivateKey is RsaKeyPool rsa ? new RsaSha256Signer(rsa) : base.CreateSigningContext();
}
