namespace TransactionalMail.Transports.Http;

/// <summary>Leaves out of exceptions what a broken server said, which may be anything it was told: the HTTP client above passes them on to whoever traces it.</summary>
internal sealed class QuietHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException quoting) when (quoting.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.Unknown)
        {
            throw new HttpRequestException(quoting.HttpRequestError, "The exchange broke. What the server said is left out.");
        }
    }
}
