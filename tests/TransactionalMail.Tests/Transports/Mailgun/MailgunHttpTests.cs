using TransactionalMail.Conformance;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Mailgun;

namespace TransactionalMail.Tests.Transports.Mailgun;

[ConformanceOf<MailgunTransport>]
public sealed class MailgunHttpTests : HttpTransportTests
{
    private protected override void Add(TransactionalMailBuilder mail, Uri? address) =>
        mail.AddMailgun(mailgun => (mailgun.ApiKey, mailgun.Domain, mailgun.BaseAddress) = ("key-1", "mg.example.com", address));

    private protected override TransportFailure Meaning(int status, TransportFailure usual) => status is 402 ? TransportFailure.MessageRejected : usual;
}
