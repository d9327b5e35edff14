using TransactionalMail.Conformance;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.SendGrid;

namespace TransactionalMail.Tests.Transports.SendGrid;

[ConformanceOf<SendGridTransport>]
public sealed class SendGridHttpTests : HttpTransportTests
{
    private protected override void Add(TransactionalMailBuilder mail, Uri? address) =>
        mail.AddSendGrid(sendGrid => (sendGrid.ApiKey, sendGrid.BaseAddress) = ("SG.key-1", address));
}
