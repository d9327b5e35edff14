using System.Net;

namespace TransactionalMail.Transports.Http;

/// <summary>A request's body that knows whether it went out whole: from then on a lost answer leaves the mail's fate unknown.</summary>
internal sealed class WatchedContent : HttpContent
{
    private readonly HttpContent _content;

    public WatchedContent(HttpContent content)
    {
        _content = content;
        foreach (var (name, values) in content.Headers) Headers.TryAddWithoutValidation(name, values);
    }

    public bool WasSent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await _content.CopyToAsync(stream, context, cancellationToken).ConfigureAwait(false);
        WasSent = true;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }
}
