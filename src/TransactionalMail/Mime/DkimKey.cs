using System.Security.Cryptography;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace TransactionalMail.Mime;

/// <summary>A private key, imported once, ready to sign for its domain.</summary>
internal sealed class DkimKey
{
    private const int MinimumRsaBits = 1024;

    private DkimKey(DkimSigner signer, string algorithm, byte[] publicKey)
    {
        Signer = signer;
        Algorithm = algorithm;
        PublicKey = publicKey;
        signer.HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed;
        signer.BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed;
    }

    public DkimSigner Signer { get; }

    /// <summary>Gets the <c>k=</c> tag of the DNS record.</summary>
    public string Algorithm { get; }

    /// <summary>Gets the <c>p=</c> tag of the DNS record, before base64.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Imports a key.</summary>
    /// <exception cref="FormatException">The PEM is not a usable private key; the message says why, without the key.</exception>
    public static DkimKey Import(string pem, string domain, string selector, TimeProvider time)
    {
        if (!PemEncoding.TryFind(pem, out var fields)) throw new FormatException("is not in PEM: it lacks the line -----BEGIN PRIVATE KEY----- or its end.");

        var label = pem[fields.Label];
        var key = label switch
        {
            "PRIVATE KEY" => Read(() => PrivateKeyFactory.CreateKey(Der())),
            "RSA PRIVATE KEY" => Read(() =>
            {
                using var rsa = RSA.Create();
                rsa.ImportRSAPrivateKey(Der(), out _);
                return PrivateKeyFactory.CreateKey(rsa.ExportPkcs8PrivateKey());
            }),
            "ENCRYPTED PRIVATE KEY" => throw new FormatException("is encrypted. Decrypt it, as with \"openssl pkey -in key.pem -out plain.pem\"."),
            "PUBLIC KEY" or "RSA PUBLIC KEY" or "CERTIFICATE" => throw new FormatException("is public. Give the private key that belongs to it."),
            _ => throw new FormatException("is of a kind DKIM does not know. Use an RSA or Ed25519 key."),
        };
        return key switch
        {
            RsaPrivateCrtKeyParameters { Modulus.BitLength: < MinimumRsaBits } rsa =>
                throw new FormatException($"has {rsa.Modulus.BitLength} bits; receivers ignore keys under {MinimumRsaBits} (RFC 8301 §3.2). Make one of 2048."),
            RsaPrivateCrtKeyParameters rsa => OfRsa(rsa, domain, selector, time),
            Ed25519PrivateKeyParameters ed25519 => new DkimKey(
                new ClockedDkimSigner(ed25519, domain, selector, DkimSignatureAlgorithm.Ed25519Sha256, time), "ed25519", ed25519.GeneratePublicKey().GetEncoded()),
            _ => throw new FormatException("is of a kind DKIM does not know. Use an RSA or Ed25519 key."),
        };

        byte[] Der() => Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private static DkimKey OfRsa(RsaPrivateCrtKeyParameters key, string domain, string selector, TimeProvider time)
    {
        var rsa = RSA.Create(new RSAParameters
        {
            Modulus = key.Modulus.ToByteArrayUnsigned(),
            Exponent = key.PublicExponent.ToByteArrayUnsigned(),
            D = Padded(key.Exponent, key.Modulus.BitLength),
            P = Padded(key.P, key.Modulus.BitLength / 2),
            Q = Padded(key.Q, key.Modulus.BitLength / 2),
            DP = Padded(key.DP, key.Modulus.BitLength / 2),
            DQ = Padded(key.DQ, key.Modulus.BitLength / 2),
            InverseQ = Padded(key.QInv, key.Modulus.BitLength / 2),
        });
        return new DkimKey(new RsaDkimSigner(key, rsa, domain, selector, time), "rsa", rsa.ExportSubjectPublicKeyInfo());

        static byte[] Padded(Org.BouncyCastle.Math.BigInteger number, int bits)
        {
            var bytes = number.ToByteArrayUnsigned();
            var padded = new byte[(bits + 7) / 8];
            bytes.CopyTo(padded, padded.Length - bytes.Length);
            return padded;
        }
    }

    private static AsymmetricKeyParameter Read(Func<AsymmetricKeyParameter> read)
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or ArgumentException or IOException or FormatException or SecurityUtilityException or InvalidCastException)
        {
#pragma warning disable MA0054 // The cause may quote what it could not read.
            throw new FormatException("is damaged. Copy it again, whole.");
#pragma warning restore MA0054
        }
    }
}
