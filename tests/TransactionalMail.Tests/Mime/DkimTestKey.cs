using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace TransactionalMail.Tests.Mime;

/// <summary>Keys made for the test run.</summary>
internal static class DkimTestKey
{
    public static string Rsa2048 { get; } = Rsa(2048);

    public static string OtherRsa2048 { get; } = Rsa(2048);

    public static string Ed25519 { get; } = NewEd25519();

    public static string Rsa(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    public static DkimOptions ForAcme(string pem, string selector = "m1") => For("acme.example", pem, selector);

    public static DkimOptions For(string domain, string pem, string selector = "m1") => new() { Domain = domain, Selector = selector, PrivateKey = pem };

    private static string NewEd25519()
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        var der = PrivateKeyInfoFactory.CreatePrivateKeyInfo(generator.GenerateKeyPair().Private).GetDerEncoded();
        return PemEncoding.WriteString("PRIVATE KEY", der);
    }
}
