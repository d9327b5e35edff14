using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;

namespace TransactionalMail.Mime;

/// <summary>Makes one RSA signature with the platform's cryptography, which is some fifteen times faster than MimeKit's managed one.</summary>
internal sealed class RsaSha256Signer(RsaKeyPool keys) : ISigner
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public string AlgorithmName => "SHA-256withRSA";

    public void Init(bool forSigning, ICipherParameters parameters) => throw new NotSupportedException();

    public void Update(byte input) => _hash.AppendData([input]);

    public void BlockUpdate(byte[] input, int inOff, int inLen) => _hash.AppendData(input, inOff, inLen);

    public void BlockUpdate(ReadOnlySpan<byte> input) => _hash.AppendData(input);

    public int GetMaxSignatureSize() => DkimKey.MaxRsaBits / 8;

    public byte[] GenerateSignature()
    {
        using (_hash)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            _hash.GetHashAndReset(hash);
            return keys.SignHash(hash);
        }
    }

    public bool VerifySignature(byte[] signature) => throw new NotSupportedException();

    public void Reset() => _hash.GetHashAndReset();
}
