using TransactionalMail.Conformance;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

[ConformanceOf<SesTransport>]
public sealed class SesHttpTests : HttpTransportTests
{
    private protected override void Add(TransactionalMailBuilder mail, Uri? address) =>
        mail.AddSes(ses => (ses.Region, ses.AccessKeyId, ses.SecretAccessKey, ses.BaseAddress) = ("eu-west-1", "AKIATEST", "secret-access-key-1", address));
}
