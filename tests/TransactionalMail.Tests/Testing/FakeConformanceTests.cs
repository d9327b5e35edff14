using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Testing;

[ConformanceOf<FakeMailTransport>]
public class FakeConformanceTests : TransportConformance
{
    private readonly FakeMailTransport _fake;

    public FakeConformanceTests()
        : this(new FakeMailTransport { Name = "tested" })
    {
    }

    private protected FakeConformanceTests(FakeMailTransport fake) => _fake = fake;

    protected override IMailTransport Create(MailTransportContext context) => _fake;

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. _fake.Sent.Select(Read)]);

    protected override void Break(string words) => _fake.FailNext(TransportFailure.Unavailable);

    protected override void Repair()
    {
    }

    protected override bool TryRefuse(EmailAddress recipient)
    {
        _fake.RejectRecipient(recipient);
        return true;
    }

    private static ArrivedMail Read(SentMail sent)
    {
        var arrived = ArrivedMail.FromMime(sent.Raw, new MailEnvelope(sent.EnvelopeSender, sent.Recipients));
        return arrived with { Message = arrived.Message with { TrackOpens = sent.Message.TrackOpens, TrackClicks = sent.Message.TrackClicks } };
    }
}
