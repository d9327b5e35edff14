using TransactionalMail.Conformance;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Postmark;

namespace TransactionalMail.Tests.Transports.Postmark;

[ConformanceOf<PostmarkTransport>]
public sealed class PostmarkHttpTests : HttpTransportTests
{
    private protected override void Add(TransactionalMailBuilder mail, Uri? address) =>
        mail.AddPostmark(postmark => (postmark.Token, postmark.BaseAddress) = ("server-token-1", address));
}
