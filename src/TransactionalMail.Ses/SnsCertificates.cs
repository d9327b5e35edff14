using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace TransactionalMail.Transports.Ses;

/// <summary>The keys Amazon SNS signs with, each fetched once from the host of its region. Thread-safe.</summary>
/// <param name="fetch">Fetches a text of moderate length.</param>
/// <param name="time">The clock that certificates expire by.</param>
internal sealed partial class SnsCertificates(Func<Uri, CancellationToken, Task<string>> fetch, TimeProvider time) : IDisposable
{
    private const int Most = 20;

    private readonly ConcurrentDictionary<Uri, X509Certificate2> _known = new();

    /// <summary>Returns the public key behind the envelope's address, or <see langword="null"/> where that is no address of a certificate of SNS, or the certificate is not valid.</summary>
    /// <exception cref="HttpRequestException">It could not be fetched.</exception>
    public async ValueTask<RSA?> FindKeyAsync(SnsEnvelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.OwnAddress("SigningCertURL") is not { Query: "" } address || !Path().IsMatch(address.AbsolutePath)) return null;
        if (!_known.TryGetValue(address, out var certificate))
        {
            if (_known.Count >= Most || Parse(await fetch(address, cancellationToken).ConfigureAwait(false)) is not { } fetched) return null;
            certificate = _known.GetOrAdd(address, fetched);
        }

        var now = time.GetUtcNow().UtcDateTime;
        return now >= certificate.NotBefore.ToUniversalTime() && now <= certificate.NotAfter.ToUniversalTime() ? certificate.GetRSAPublicKey() : null;
    }

    public void Dispose()
    {
        foreach (var certificate in _known.Values) certificate.Dispose();
    }

    private static X509Certificate2? Parse(string pem)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false).StartsWith("sns", StringComparison.Ordinal) ? certificate : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Path();
}
