using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Testing.Ses;

/// <summary>Judges signatures as AWS does, for one key. It knows nothing of the code that signs.</summary>
/// <param name="AccessKeyId">The key's id.</param>
/// <param name="SecretAccessKey">The key's secret.</param>
/// <param name="SessionToken">The session token that belongs to the key, or <see langword="null"/>.</param>
/// <param name="Region">The region.</param>
/// <param name="Service">The service.</param>
internal sealed record SigV4Verifier(string AccessKeyId, string SecretAccessKey, string? SessionToken, string Region, string Service)
{
    private const string TimestampFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>How far the clocks may be apart.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    /// <summary>Returns the name of the error and what is said of it, or <see langword="null"/> for a request that is signed well.</summary>
    public (string Code, string Message)? FindFault(SimulatedRequest request, DateTimeOffset now)
    {
        if (!request.Headers.TryGetValue("Authorization", out var field)) return ("MissingAuthenticationToken", "Request is missing Authentication Token");
        if (!SigV4Authorization.TryParse(field, out var authorization)) return ("IncompleteSignature", "Authorization header is not of the form that Signature Version 4 has.");
        if (!Same(authorization.AccessKeyId, AccessKeyId) || !Same(request.Headers.GetValueOrDefault(SigV4.TokenField), SessionToken)) return ("InvalidClientTokenId", "The security token included in the request is invalid.");
        if (FindFaultInTime(request, authorization, now) is { } late) return ("SignatureDoesNotMatch", late);
        if (!Same(authorization.Region, Region)) return ("SignatureDoesNotMatch", $"Credential should be scoped to a valid region, not '{authorization.Region}'.");
        if (!Same(authorization.Service, Service)) return ("SignatureDoesNotMatch", $"Credential should be scoped to correct service: '{Service}'.");
        if (FindUnsigned(request, authorization) is { } unsigned) return ("SignatureDoesNotMatch", $"'{unsigned}' must be a signed header.");
        if (request.Headers.TryGetValue(SigV4.HashField, out var hash) && !Same(hash, SigV4.Hex(SHA256.HashData(request.Body.Span)))) return ("SignatureDoesNotMatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");

        var canonical = SigV4.CanonicalRequest(request, authorization.SignedHeaders);
        var expected = SigV4.Sign(SigV4.StringToSign(canonical, request.Headers[SigV4.DateField], authorization.Scope), authorization.Scope, SecretAccessKey);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(authorization.Signature)) ? null : (
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
            + $"\n\nThe Canonical String for this request should have been\n'{canonical}'\n");
    }

    private static string? FindFaultInTime(SimulatedRequest request, SigV4Authorization authorization, DateTimeOffset now)
    {
        var timestamp = request.Headers.GetValueOrDefault(SigV4.DateField, "");
        if (!DateTimeOffset.TryParseExact(timestamp, TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed)) return "Date must be in ISO-8601 'basic format'.";
        if (!timestamp.StartsWith(authorization.Date, StringComparison.Ordinal)) return $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{authorization.Date}' != '{timestamp}'.";
        if (signed < now - s_skew) return $"Signature expired: {timestamp} is now earlier than {Basic(now - s_skew)} ({Basic(now)} - 5 min.)";
        return signed > now + s_skew ? $"Signature not yet current: {timestamp} is still later than {Basic(now + s_skew)} ({Basic(now)} + 5 min.)" : null;
    }

    /// <summary>Returns the name of a field that must be signed and is not.</summary>
    private static string? FindUnsigned(SimulatedRequest request, SigV4Authorization authorization) => request.Headers.Keys
        .Select(static name => name.ToLowerInvariant())
        .Append("host")
        .Where(static name => name is "host" || name.StartsWith("x-amz-", StringComparison.Ordinal))
        .FirstOrDefault(name => !authorization.SignedHeaders.Contains(name, StringComparer.Ordinal));

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.Ordinal);

    private static string Basic(DateTimeOffset time) => time.UtcDateTime.ToString(TimestampFormat, CultureInfo.InvariantCulture);
}
