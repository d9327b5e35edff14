using Amazon.Runtime.Signing;

namespace TransactionalMail.Transports.Ses;

/// <summary>Has the SDK sign a request (Signature Version 4).</summary>
internal static class SesSigning
{
    /// <summary>The name SES signs under, which is not the one of its host.</summary>
    public const string Service = "ses";

    /// <summary>Adds the signature of a request and what belongs to it.</summary>
    /// <param name="request">The request, its other fields set.</param>
    /// <param name="body">Its body.</param>
    /// <param name="parameters">Who signs, for what and when.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task SignAsync(HttpRequestMessage request, byte[] body, AWSSigV4Parameters parameters, CancellationToken cancellationToken)
    {
        var signing = new AWSSigningRequest { HttpMethod = request.Method, RequestUri = request.RequestUri, Content = body };
        var fields = request.Content is { Headers: var ofContent } ? request.Headers.Concat(ofContent) : request.Headers;
        foreach (var (name, values) in fields) signing.Headers[name] = string.Join(',', values);
        var signed = await AWSSigV4Signer.SignAsync(signing, parameters, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, value);
    }
}
