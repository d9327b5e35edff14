using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Certificates a relay should not have, made in memory.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    public static X509Certificate2 SelfSigned() => Usable(Request("CN=localhost", IPAddress.Loopback).CreateSelfSigned(s_now.AddDays(-2), s_now.AddDays(2)));

    public static X509Certificate2 Expired() => Usable(Request("CN=localhost", IPAddress.Loopback).CreateSelfSigned(s_now.AddDays(-20), s_now.AddDays(-10)));

    public static X509Certificate2 NotYetValid() => Usable(Request("CN=localhost", IPAddress.Loopback).CreateSelfSigned(s_now.AddDays(10), s_now.AddDays(20)));

    public static X509Certificate2 ForAnotherHost() => Usable(Request("CN=other.example", IPAddress.Parse("192.0.2.1")).CreateSelfSigned(s_now.AddDays(-2), s_now.AddDays(2)));

    public static X509Certificate2 FromUnknownAuthority()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Nobody's Authority", authorityKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = root.CreateSelfSigned(s_now.AddDays(-2), s_now.AddDays(2));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request("CN=localhost", IPAddress.Loopback, key).Create(authority, s_now.AddDays(-1), s_now.AddDays(1), [1, 2, 3]);
        return Usable(certificate.CopyWithPrivateKey(key));
    }

    private static CertificateRequest Request(string subject, IPAddress address, ECDsa? key = null)
    {
        var request = new CertificateRequest(subject, key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
