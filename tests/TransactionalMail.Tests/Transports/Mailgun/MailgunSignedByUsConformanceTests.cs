using TransactionalMail.Conformance;
using TransactionalMail.Transports.Mailgun;

namespace TransactionalMail.Tests.Transports.Mailgun;

[ConformanceOf<MailgunTransport>]
public sealed class MailgunSignedByUsConformanceTests : MailgunConformanceTests
{
    protected override bool SignsDkim => true;
}
