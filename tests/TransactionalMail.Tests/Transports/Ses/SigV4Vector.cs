using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Ses;

/// <summary>A request that others signed, with what they computed on the way.</summary>
internal sealed record SigV4Vector(string Name, SimulatedRequest Request, string AccessKeyId, string SecretAccessKey, string? SessionToken, string Region, string Service, DateTimeOffset SignedAt, string CanonicalRequest, string StringToSign)
{
    public string Signature => Request.Headers["Authorization"].Split("Signature=")[1];

    /// <summary>Reads all there are: those of AWS's own suite, and requests for SES that botocore signed.</summary>
    public static IReadOnlyList<SigV4Vector> ReadAll() => [.. Read("aws-c-auth.v4.cases.json").Select(FromSuite), .. Read("botocore-sesv2.signed.json").Select(FromBotocore)];

    private static IEnumerable<JsonNode> Read(string file) => JsonNode.Parse(File.ReadAllText(SharedData.Path($"provider-apis/vectors/sigv4/{file}")))!.AsArray().OfType<JsonNode>();

    private static SigV4Vector FromSuite(JsonNode vector)
    {
        var context = vector["context"]!;
        var credentials = context["credentials"]!;
        return new SigV4Vector(
            (string)vector["name"]!, Parse((string)vector["header_signed_request"]!), (string)credentials["access_key_id"]!, (string)credentials["secret_access_key"]!, (string?)credentials["token"],
            (string)context["region"]!, (string)context["service"]!, Time(context["timestamp"]), (string)vector["header_canonical_request"]!, (string)vector["header_string_to_sign"]!);
    }

    private static SigV4Vector FromBotocore(JsonNode vector)
    {
        var url = new Uri((string)vector["url"]!);
        var headers = vector["headers"]!.AsObject().Select(h => KeyValuePair.Create(h.Key, (string)h.Value!)).Append(KeyValuePair.Create("Host", url.Authority));
        var path = ((string)vector["url"]!)[url.GetLeftPart(UriPartial.Authority).Length..];
        return new SigV4Vector(
            (string)vector["name"]!, new SimulatedRequest((string)vector["method"]!, path, new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase), Encoding.UTF8.GetBytes((string?)vector["body_utf8"] ?? "")),
            (string)vector["access_key_id"]!, (string)vector["secret_access_key"]!, (string?)vector["session_token"],
            (string)vector["region"]!, (string)vector["service"]!, Time(vector["timestamp"]), (string)vector["canonical_request"]!, (string)vector["string_to_sign"]!);
    }

    private static SimulatedRequest Parse(string text)
    {
        var (head, body) = text.Split("\n\n", 2) is [var first, var rest] ? (first, rest) : (text, "");
        var lines = head.Replace("\n ", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1).Select(static l => l.Split(':', 2))) headers[line[0]] = headers.TryGetValue(line[0], out var before) ? $"{before},{line[1].Trim()}" : line[1];
        var (start, end) = (lines[0].IndexOf(' ', StringComparison.Ordinal), lines[0].LastIndexOf(' '));
        return new SimulatedRequest(lines[0][..start], lines[0][(start + 1)..end], headers, Encoding.UTF8.GetBytes(body));
    }

    private static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);
}
