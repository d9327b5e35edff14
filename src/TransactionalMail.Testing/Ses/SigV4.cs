using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Testing.Ses;

/// <summary>The arithmetic of Signature Version 4, as the receiving side does it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.</summary>
internal static class SigV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";
    public const string Terminator = "aws4_request";
    public const string DateField = "X-Amz-Date";
    public const string HashField = "X-Amz-Content-SHA256";
    public const string TokenField = "X-Amz-Security-Token";

    /// <summary>Returns the request in the one form that both sides sign.</summary>
    public static string CanonicalRequest(SimulatedRequest request, IReadOnlyList<string> signedHeaders)
    {
        var query = request.Path.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? request.Path : request.Path[..query];
        return string.Join('\n', [
            request.Method,
            CanonicalPath(path),
            CanonicalQuery(query < 0 ? "" : request.Path[(query + 1)..]),
            .. signedHeaders.Select(name => $"{name}:{Collapse(request.Headers.GetValueOrDefault(name, ""))}"),
            "",
            string.Join(';', signedHeaders),
            request.Headers.GetValueOrDefault(HashField) ?? Hex(SHA256.HashData(request.Body.Span)),
        ]);
    }

    /// <summary>Returns what is signed.</summary>
    public static string StringToSign(string canonicalRequest, string timestamp, string scope) =>
        string.Join('\n', Algorithm, timestamp, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest))));

    /// <summary>Returns the signature.</summary>
    public static string Sign(string stringToSign, string scope, string secret)
    {
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), static (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign)));
    }

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Dots and doubled slashes are resolved, then everything is encoded once more than it came.</summary>
    private static string CanonicalPath(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment is "..") segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            else if (segment is not ".") segments.Add(Encode(segment));
        }

        return $"/{string.Join('/', segments)}{(segments.Count > 0 && path[^1] is '/' ? "/" : "")}";
    }

    private static string CanonicalQuery(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(static parameter => parameter.Split('=', 2))
        .Select(static parameter => (Name: Encode(Uri.UnescapeDataString(parameter[0])), Value: parameter.Length > 1 ? Encode(Uri.UnescapeDataString(parameter[1])) : ""))
        .OrderBy(static parameter => parameter.Name, StringComparer.Ordinal).ThenBy(static parameter => parameter.Value, StringComparer.Ordinal)
        .Select(static parameter => $"{parameter.Name}={parameter.Value}"));

    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text)
        .Select(static b => char.IsAsciiLetterOrDigit((char)b) || (char)b is '-' or '.' or '_' or '~' ? $"{(char)b}" : $"%{b:X2}"));

    private static string Collapse(string value) => string.Join(' ', value.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
