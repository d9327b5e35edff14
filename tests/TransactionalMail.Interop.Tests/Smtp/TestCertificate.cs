using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>The self-signed certificate of every outside server, made for the test run.</summary>
internal static class TestCertificate
{
    private static readonly X509Certificate2 s_certificate = Create();

    public static string Pem { get; } = s_certificate.ExportCertificatePem();

    public static string KeyPem { get; } = s_certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    /// <summary>Gets a check that trusts this certificate and no other.</summary>
    public static RemoteCertificateValidationCallback Pin { get; } = (_, certificate, _, _) => s_certificate.Equals(certificate);

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
