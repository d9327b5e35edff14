using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Says in words what is wrong with a relay's certificate.</summary>
internal static class CertificateProblem
{
    public static string Describe(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors is SslPolicyErrors.None) return "CertificateValidation refuses the relay's certificate.";
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "The relay presents no certificate.";

        var problems = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) problems.Add("is for another host");
        if (chain is not null) problems.AddRange(chain.ChainStatus.Select(s => Describe(s.Status, chain)).OfType<string>().Distinct(StringComparer.Ordinal));
        return problems.Count == 0 ? "The relay's certificate is not valid." : $"The relay's certificate {string.Join(", ", problems)}.";
    }

    private static string? Describe(X509ChainStatusFlags status, X509Chain chain) => status switch
    {
        X509ChainStatusFlags.UntrustedRoot when chain.ChainElements.Count == 1 => "is self-signed",
        X509ChainStatusFlags.UntrustedRoot => "comes from an authority this system does not trust (untrusted root)",
        X509ChainStatusFlags.PartialChain => "comes from an authority this system does not know (an intermediate certificate may be missing)",
        X509ChainStatusFlags.NotTimeValid => OutOfTime(chain),
        X509ChainStatusFlags.Revoked => "was revoked",
        X509ChainStatusFlags.RevocationStatusUnknown or X509ChainStatusFlags.OfflineRevocation => "could not be checked for revocation",
        X509ChainStatusFlags.NotValidForUsage => "is not meant for servers",
        X509ChainStatusFlags.NoError => null,
        _ => $"has the fault {status}",
    };

    private static string OutOfTime(X509Chain chain)
    {
        var now = chain.ChainPolicy.VerificationTimeIgnored ? DateTime.Now : chain.ChainPolicy.VerificationTime;
        var early = chain.ChainElements.FirstOrDefault(e => e.Certificate.NotBefore > now);
        if (early is not null) return string.Create(CultureInfo.InvariantCulture, $"is valid only from {early.Certificate.NotBefore.ToUniversalTime():u}");
        var ends = chain.ChainElements.Min(static e => e.Certificate.NotAfter);
        return string.Create(CultureInfo.InvariantCulture, $"has expired ({ends.ToUniversalTime():u})");
    }
}
