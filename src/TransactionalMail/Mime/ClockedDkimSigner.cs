using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace TransactionalMail.Mime;

/// <summary>MimeKit's signer on the library's clock.</summary>
internal class ClockedDkimSigner(AsymmetricKeyParameter key, string domain, string selector, DkimSignatureAlgorithm algorithm, TimeProvider time)
    : DkimSigner(key, domain, selector, algorithm)
{
    protected override long GetTimestamp() => time.GetUtcNow().ToUnixTimeSeconds();
}
