using System.Security.Cryptography;
using MimeKit.Cryptography;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace TransactionalMail.Mime;

/// <summary>A private key that can sign mail: RSA (RFC 6376 §3.3) or Ed25519 (RFC 8463). Immutable and thread-safe.</summary>
internal sealed class DkimKey
{
    public const int MinRsaBits = 1024;
    public const int GoodRsaBits = 2048;
    public const int MaxRsaBits = 4096;

    private DkimKey(AsymmetricKeyParameter privateKey, DkimSignatureAlgorithm algorithm, byte[] publicKey)
    {
        PrivateKey = privateKey;
        Algorithm = algorithm;
        PublicKey = Convert.ToBase64String(publicKey);
    }

    /// <summary>Gets the key as MimeKit takes it; for RSA it is an <see cref="RsaKeyPool"/>.</summary>
    public AsymmetricKeyParameter PrivateKey { get; }

    public DkimSignatureAlgorithm Algorithm { get; }

    /// <summary>Gets the public key as <c>p=</c> of the DNS record has it.</summary>
    public string PublicKey { get; }

    public bool IsWeak { get; private init; }

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is not a usable private key; the message says why, never with any of the key.</exception>
    public static DkimKey FromPem(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields)) throw new FormatException(WhyUnreadable(pem));

        var label = pem[fields.Label];
        if (label is not ("PRIVATE KEY" or "RSA PRIVATE KEY")) throw new FormatException(WhyUnusable(label));
        return Decode(label, Convert.FromBase64String(pem[fields.Base64Data]))
            ?? throw new FormatException("The private key is damaged. Export it again in PEM (PKCS #8).");
    }

    private static DkimKey? Decode(string label, byte[] der)
    {
        try
        {
            return label is "RSA PRIVATE KEY" ? FromRsa(rsa => rsa.ImportRSAPrivateKey(der, out _)) : FromPkcs8(der);
        }
        catch (Exception e) when (e is not FormatException)
        {
            return null; // The parsers throw many things, and may quote what they read.
        }
    }

    private static DkimKey FromPkcs8(byte[] der)
    {
        var info = PrivateKeyInfo.GetInstance(der);
        var algorithm = info.PrivateKeyAlgorithm.Algorithm;
        if (algorithm.Equals(PkcsObjectIdentifiers.RsaEncryption)) return FromRsa(rsa => rsa.ImportPkcs8PrivateKey(der, out _));
        if (!algorithm.Equals(EdECObjectIdentifiers.id_Ed25519)) throw new FormatException(WhyUnusable("other"));

        var key = (Ed25519PrivateKeyParameters)PrivateKeyFactory.CreateKey(info);
        return new DkimKey(key, DkimSignatureAlgorithm.Ed25519Sha256, key.GeneratePublicKey().GetEncoded());
    }

    private static DkimKey FromRsa(Action<RSA> import)
    {
        using var rsa = RSA.Create();
        import(rsa);
        if (rsa.KeySize is < MinRsaBits or > MaxRsaBits)
            throw new FormatException($"The RSA key has {rsa.KeySize} bits. Use {GoodRsaBits}; verifiers accept {MinRsaBits} to {MaxRsaBits} (RFC 8301 §3.2).");

        return new DkimKey(new RsaKeyPool(rsa.ExportPkcs8PrivateKey()), DkimSignatureAlgorithm.RsaSha256, rsa.ExportSubjectPublicKeyInfo())
        {
            IsWeak = rsa.KeySize < GoodRsaBits,
        };
    }

    private static string WhyUnreadable(string pem) =>
        pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? WhyUnusable("ENCRYPTED PRIVATE KEY")
        : pem.Contains("-----BEGIN", StringComparison.Ordinal) ? "The PEM text is damaged. Give it whole, with its line breaks, from -----BEGIN to -----END."
        : "There is no PEM text. Give the key from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.";

    private static string WhyUnusable(string label) => label switch
    {
        "ENCRYPTED PRIVATE KEY" => "The private key is encrypted. Decrypt it (openssl pkey -in encrypted.pem -out dkim.pem) and protect the file instead.",
        "PUBLIC KEY" or "RSA PUBLIC KEY" or "CERTIFICATE" => "This is a public key. Give the private key; the public one belongs into DNS.",
        _ => "This kind of key cannot sign mail. Use RSA (openssl genrsa 2048) or Ed25519 (openssl genpkey -algorithm ed25519).",
    };
}
