using System.Collections.Concurrent;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;

namespace TransactionalMail.Mime;

/// <summary>One RSA key for many threads: an <see cref="RSA"/> promises no thread-safety, so each signature borrows one.</summary>
/// <remarks>
/// It is a key to MimeKit in name only: MimeKit's own form of it takes 30 ms to make and would not be used.
/// There are as many imports as there were ever signatures at the same time. A retired pool is left to the finalizers, for it may still be in use.
/// </remarks>
internal sealed class RsaKeyPool(byte[] pkcs8) : AsymmetricKeyParameter(privateKey: true)
{
    private readonly ConcurrentBag<RSA> _idle = [];

    /// <summary>Signs a SHA-256 hash (PKCS #1 v1.5, RFC 8017 §8.2).</summary>
    public byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        var rsa = _idle.TryTake(out var idle) ? idle : Import();
        var signature = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _idle.Add(rsa);
        return signature;
    }

    private RSA Import()
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return rsa;
    }
}
