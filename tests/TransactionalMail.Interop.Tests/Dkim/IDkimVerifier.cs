namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>A DKIM implementation that shares nothing with ours.</summary>
internal interface IDkimVerifier
{
    /// <summary>Returns one line for each message, in order: <c>pass</c> or <c>fail (reason)</c> for each signature from the top, or <c>none</c>.</summary>
    Task<IReadOnlyList<string>> VerifyAsync(IEnumerable<DkimDnsRecord> records, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken);
}
