using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace TransactionalMail.Transports.Ses;

/// <summary>The credentials of one transport, asked for with every mail, because they rotate. Thread-safe.</summary>
internal sealed class SesCredentials
{
    private readonly SesProfile? _profile;
    private volatile ImmutableCredentials? _latest;

    public SesCredentials(SesOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.AccessKeyId)) _latest = Fixed = new ImmutableCredentials(options.AccessKeyId, options.SecretAccessKey, options.SessionToken);
        else if (options.Profile is not null) _profile = new SesProfile(options.Profile);
    }

    /// <summary>Gets what no error may tell.</summary>
    public IReadOnlyList<string?> Secrets => [_latest?.AccessKey, _latest?.SecretKey, _latest?.Token];

    private ImmutableCredentials? Fixed { get; }

    /// <summary>Returns the credentials to sign with.</summary>
    /// <exception cref="AmazonClientException">There are none.</exception>
    public async Task<AWSCredentials> ResolveAsync(CancellationToken cancellationToken)
    {
        // On another thread: the SDK asks the instance's metadata synchronously.
        var latest = Fixed ?? await Task.Run(FindAsync, cancellationToken).ConfigureAwait(false);
        _latest = latest;
        return latest.UseToken ? new SessionAWSCredentials(latest.AccessKey, latest.SecretKey, latest.Token) : new BasicAWSCredentials(latest.AccessKey, latest.SecretKey);
    }

    private async Task<ImmutableCredentials> FindAsync()
    {
        var credentials = await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(_profile).ConfigureAwait(false);
        return await credentials.GetCredentialsAsync().ConfigureAwait(false);
    }
}
