using System.Security.Cryptography;
using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public sealed class DkimFaultsTests
{
    public static TheoryData<string, string> BadKeys => new()
    {
        { DkimTestKey.Rsa(512), "The RSA key has 512 bits" },
        { DkimTestKey.Rsa(1016), "The RSA key has 1016 bits" },
        { DkimTestKey.Rsa(4104), "The RSA key has 4104 bits" },
        { Encrypted(), "The private key is encrypted" },
        { "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----", "The private key is encrypted" },
        { Public(), "This is a public key" },
        { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "This is a public key" },
        { Ec(), "This kind of key cannot sign mail" },
        { EcSec1(), "This kind of key cannot sign mail" },
        { "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "This kind of key cannot sign mail" },
        { "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC", "There is no PEM text" },
        { DkimTestKey.Rsa2048[..400], "The PEM text is damaged" },
        { DkimTestKey.Rsa2048.Replace("\n", "\\n", StringComparison.Ordinal), "The PEM text is damaged" },
        { PemEncoding.WriteString("PRIVATE KEY", new byte[200]), "The private key is damaged" },
        { PemEncoding.WriteString("RSA PRIVATE KEY", [0x30, 0x03, 0x02, 0x01, 0x00]), "The private key is damaged" },
        { "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "The private key is damaged" },
        { "   ", "There is no private key" },
        { "", "There is no private key" },
    };

    public static TheoryData<string> BadDomains =>
    [
        "", " ", "acme", "acme.example.", ".acme.example", "acme..example", "acme.example; p=x", "acme.example\r\nBcc: x", "acme .example", "-acme.example", "acme-.example",
        "ac_me.example", "a@acme.example", "acme.example\0", "\ud800.example", new string('a', 64) + ".example", string.Concat(Enumerable.Repeat("abcdefgh.", 30)) + "example",
    ];

    public static TheoryData<string> BadSelectors =>
        ["", " ", "m 1", "m1;", "m1\r\nX: y", "m1.", ".m1", "m_1", "mü", "m1\n", "-m1", new string('m', 64)];

    [Fact]
    public void Accepts_good_keys()
    {
        DkimFaults.Of(
        [
            DkimTestKey.ForAcme(DkimTestKey.Rsa(1024), "weak"),
            DkimTestKey.ForAcme(DkimTestKey.Rsa2048, "m1"),
            DkimTestKey.ForAcme(Pkcs1(), "eu.m1"),
            DkimTestKey.ForAcme(DkimTestKey.Ed25519, "m2"),
            DkimTestKey.For("bücher.example", DkimTestKey.Rsa2048),
        ]).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void Refuses_an_unusable_key_without_showing_it_D01_P01(string pem, string problem)
    {
        var fault = DkimFaults.Of([DkimTestKey.ForAcme(pem)]).Should().ContainSingle().Subject;

        fault.Should().StartWith($"Dkim[0] (m1._domainkey.acme.example): {problem}");
        foreach (var line in pem.Split('\n').Where(line => line.Length > 8 && !line.StartsWith('-'))) fault.Should().NotContain(line);
    }

    [Theory]
    [MemberData(nameof(BadDomains))]
    public void Refuses_an_odd_domain_without_repeating_it_D04(string domain)
    {
        DkimFaults.Of([DkimTestKey.ForAcme(DkimTestKey.Rsa2048), DkimTestKey.For(domain, DkimTestKey.Rsa2048)])
            .Should().ContainSingle().Which.Should().StartWith("Dkim[1]: Domain is not a domain name.");
    }

    [Theory]
    [MemberData(nameof(BadSelectors))]
    public void Refuses_an_odd_selector_without_repeating_it_D04(string selector)
    {
        DkimFaults.Of([DkimTestKey.ForAcme(DkimTestKey.Rsa2048, selector)])
            .Should().ContainSingle().Which.Should().StartWith("Dkim[0]: Selector is not a DNS label.");
    }

    [Fact]
    public void Refuses_two_keys_under_one_name()
    {
        DkimFaults.Of([DkimTestKey.ForAcme(DkimTestKey.Rsa2048), DkimTestKey.For("ACME.example", DkimTestKey.Ed25519, "M1")])
            .Should().Equal("Dkim[1] (m1._domainkey.acme.example): Another key has this domain and selector already. Give each key a selector of its own.");
    }

    [Fact]
    public void Refuses_a_key_and_a_path_together()
    {
        var options = DkimTestKey.ForAcme(DkimTestKey.Rsa2048);
        options.PrivateKeyPath = "dkim.pem";

        DkimFaults.Of([options]).Should().ContainSingle().Which.Should().Contain("both set");
    }

    [Theory]
    [InlineData("/nowhere/dkim.pem", "does not exist")]
    [InlineData("no-such-file.pem", "does not exist")]
    [InlineData(".", "cannot be read")]
    [InlineData("nul\0.pem", "cannot be read")]
    public void Refuses_a_file_it_cannot_read_D01(string path, string problem)
    {
        DkimFaults.Of([new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = path }])
            .Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Fact]
    public void Shows_a_path_but_not_a_key_that_was_set_as_one_P01()
    {
        var secret = DkimTestKey.Ed25519.Split('\n')[1];

        Fault("/run/secrets/dkim.pem").Should().Contain("(/run/secrets/dkim.pem)");
        Fault(DkimTestKey.Ed25519).Should().NotContain(secret);
        Fault(secret).Should().NotContain(secret);

        static string Fault(string path) =>
            DkimFaults.Of([new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = path }]).Should().ContainSingle().Subject;
    }

    [Fact]
    public void Lists_every_fault_of_every_key_at_once()
    {
        DkimFaults.Of([new DkimOptions(), DkimTestKey.ForAcme("x")]).Should().HaveCount(4);
    }

    private static string Encrypted()
    {
        using var rsa = RSA.Create(1024);
        return rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000));
    }

    private static string Public()
    {
        using var rsa = RSA.Create(1024);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }

    private static string Pkcs1()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportRSAPrivateKeyPem();
    }

    private static string Ec()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ec.ExportPkcs8PrivateKeyPem();
    }

    private static string EcSec1()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ec.ExportECPrivateKeyPem();
    }
}
