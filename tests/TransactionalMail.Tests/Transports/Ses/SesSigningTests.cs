using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Signing;
using TransactionalMail.Testing;
using TransactionalMail.Testing.Ses;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

/// <summary>The SDK's signer, as we call it, and the simulator's verifier, each against signatures of others.</summary>
/// <remarks>The SDK always signs <c>X-Amz-Content-SHA256</c>, too, which the vectors lack; so its signature over a vector's request is never the vector's. What it computes is compared instead.</remarks>
public sealed class SesSigningTests
{
    /// <summary>S3 alone signs paths as they are; for all other services, SES among them, dots and doubled slashes are resolved first, and the verifier is one of SES.</summary>
    private static readonly string[] s_pathsOfS3 = ["get-relative-unnormalized", "get-slash-dot-slash-unnormalized", "get-slash-pointless-dot-unnormalized", "get-slash-unnormalized"];

    /// <summary>The SDK leaves a doubled slash alone where AWS's suite drops one. Our path has none, and is a constant.</summary>
    private static readonly string[] s_doubledSlashes = ["get-slash-normalized", "get-slash-unnormalized", "get-slashes-normalized"];

    /// <summary>A token added after signing; the verifier wants every <c>X-Amz-</c> field signed.</summary>
    private const string TokenAfterSigning = "post-sts-header-after";

    [Fact]
    public void The_verifier_computes_what_others_computed_for_every_vector()
    {
        var vectors = SigV4Vector.ReadAll();
        vectors.Should().HaveCountGreaterThanOrEqualTo(32);
        foreach (var vector in vectors)
        {
            SigV4Authorization.TryParse(vector.Request.Headers["Authorization"], out var authorization).Should().BeTrue(vector.Name);
            var canonical = SigV4.CanonicalRequest(vector.Request, authorization!.SignedHeaders);
            if (s_pathsOfS3.Contains(vector.Name)) canonical.Should().NotBe(vector.CanonicalRequest, "another service's way");
            else canonical.Should().Be(vector.CanonicalRequest, vector.Name);

            var text = SigV4.StringToSign(vector.CanonicalRequest, vector.Request.Headers[SigV4.DateField], authorization.Scope);
            text.Should().Be(vector.StringToSign, vector.Name);
            SigV4.Sign(text, authorization.Scope, vector.SecretAccessKey).Should().Be(vector.Signature, vector.Name);
        }
    }

    [Fact]
    public void The_verifier_accepts_every_vector_and_none_with_another_secret()
    {
        foreach (var vector in SigV4Vector.ReadAll().Where(static v => !s_pathsOfS3.Contains(v.Name)))
        {
            var verifier = Verifier(vector);
            if (vector.Name == TokenAfterSigning) verifier.FindFault(vector.Request, vector.SignedAt)!.Value.Message.Should().Be("'x-amz-security-token' must be a signed header.");
            else verifier.FindFault(vector.Request, vector.SignedAt).Should().BeNull(vector.Name);
            (verifier with { SecretAccessKey = "wrong" }).FindFault(vector.Request, vector.SignedAt)!.Value.Code.Should().Be("SignatureDoesNotMatch");
        }
    }

    [Fact]
    public void The_SDK_computes_the_signature_of_every_vector()
    {
        foreach (var vector in SigV4Vector.ReadAll())
        {
            var signed = string.Join(';', vector.CanonicalRequest.Split('\n')[^2]);

            var result = AWS4Signer.ComputeSignature(
                vector.AccessKeyId, vector.SecretAccessKey, vector.Region, vector.SignedAt.UtcDateTime, vector.Service, signed, vector.CanonicalRequest);

            result.Signature.Should().Be(vector.Signature, vector.Name);
        }
    }

    [Fact]
    public async Task The_SDK_as_we_call_it_signs_the_request_of_every_vector_as_the_verifier_judges()
    {
        var differing = new List<string>();
        foreach (var vector in SigV4Vector.ReadAll())
        {
            using var request = RequestOf(vector);

            await SesSigning.SignAsync(request, vector.Request.Body.ToArray(), ParametersOf(vector), TestContext.Current.CancellationToken);

            if (Verifier(vector).FindFault(Sent(request, vector), vector.SignedAt) is not null) differing.Add(vector.Name);
        }

        differing.Should().Equal(s_doubledSlashes);
    }

    [Fact]
    public async Task The_canonical_request_of_the_SDK_is_the_vectors_but_for_the_hash()
    {
        foreach (var vector in SigV4Vector.ReadAll().Where(static v => v.Service == SesSigning.Service))
        {
            using var request = RequestOf(vector);

            await SesSigning.SignAsync(request, vector.Request.Body.ToArray(), ParametersOf(vector), TestContext.Current.CancellationToken);

            var sent = Sent(request, vector);
            SigV4Authorization.TryParse(sent.Headers["Authorization"], out var authorization).Should().BeTrue();
            SigV4.CanonicalRequest(sent, [.. authorization!.SignedHeaders.Where(static name => name != "x-amz-content-sha256")]).Should().Be(vector.CanonicalRequest, vector.Name);
        }
    }

    private static SigV4Verifier Verifier(SigV4Vector vector) => new(vector.AccessKeyId, vector.SecretAccessKey, vector.SessionToken, vector.Region, vector.Service);

    private static HttpRequestMessage RequestOf(SigV4Vector vector)
    {
        var request = new HttpRequestMessage(new HttpMethod(vector.Request.Method), new Uri($"https://{vector.Request.Headers["Host"]}{vector.Request.Path}"))
        {
            Content = new ByteArrayContent(vector.Request.Body.ToArray()),
        };
        foreach (var (name, value) in vector.Request.Headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) request.Content.Headers.TryAddWithoutValidation(name, value);
            else if (!name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && name is not ("Authorization" or "Host" or "Content-Length")) request.Headers.TryAddWithoutValidation(name, value.Trim());
        }

        return request;
    }

    private static AWSSigV4Parameters ParametersOf(SigV4Vector vector) => new()
    {
        Credentials = vector.SessionToken is null ? new BasicAWSCredentials(vector.AccessKeyId, vector.SecretAccessKey) : new SessionAWSCredentials(vector.AccessKeyId, vector.SecretAccessKey, vector.SessionToken),
        Region = RegionEndpoint.GetBySystemName(vector.Region),
        Service = vector.Service,
        SignedAt = vector.SignedAt.UtcDateTime,
    };

    /// <summary>Returns the request as it would arrive.</summary>
    private static SimulatedRequest Sent(HttpRequestMessage request, SigV4Vector vector) => new(
        request.Method.Method,
        request.RequestUri!.PathAndQuery,
        new Dictionary<string, string>(
            request.Headers.Concat(request.Content!.Headers).Select(static h => KeyValuePair.Create(h.Key, string.Join(',', h.Value))).Append(KeyValuePair.Create("Host", request.RequestUri.Authority)),
            StringComparer.OrdinalIgnoreCase),
        vector.Request.Body);
}
