using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Testing;

/// <summary>The pair of keys (ECDSA, P-256) that an event webhook of SendGrid has. Thread-safe.</summary>
internal sealed class SendGridKey
{
    private readonly ECParameters _pair;

    public SendGridKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _pair = key.ExportParameters(includePrivateParameters: true);
        Public = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Gets the public key as SendGrid shows it.</summary>
    public string Public { get; }

    /// <summary>Signs the timestamp and the body after it.</summary>
    public string Sign(string timestamp, ReadOnlySpan<byte> body)
    {
        using var key = ECDsa.Create(_pair);
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp), .. body];
        return Convert.ToBase64String(key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }
}
