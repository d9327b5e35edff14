using System.Net;

namespace TransactionalMail.Testing.Ses;

/// <summary>Answers for Amazon SNS in the region of a simulated topic, so that nothing leaves the machine; what goes to other hosts passes through.</summary>
internal sealed class SnsHandler(SnsTopic topic) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.RequestUri is { Scheme: "https", IsDefaultPort: true } url && string.Equals(url.Host, topic.Host, StringComparison.Ordinal)
            ? Task.FromResult(Answer(request, url))
            : base.SendAsync(request, cancellationToken);

    private HttpResponseMessage Answer(HttpRequestMessage request, Uri url)
    {
        if (request.Method != HttpMethod.Get) return new HttpResponseMessage(HttpStatusCode.MethodNotAllowed);
        if (url == topic.CertificateUrl) return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(topic.CertificatePem) };
        if (url != topic.SubscribeUrl) return new HttpResponseMessage(HttpStatusCode.NotFound);
        topic.Confirm();
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"/>") };
    }
}
