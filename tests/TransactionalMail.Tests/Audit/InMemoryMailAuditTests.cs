using TransactionalMail.Audit;
using TransactionalMail.Conformance;
using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Audit;

[ConformanceOf<InMemoryMailAudit>]
public class InMemoryMailAuditTests : AuditConformance
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly InMemoryMailAudit _audit = new();

    protected override IMailAudit Audit => _audit;

    [Fact]
    public async Task Drops_the_oldest_when_it_is_full_and_stays_intact()
    {
        var events = Enumerable.Range(0, InMemoryMailAudit.Capacity + 1).Select(_ => SomeEvent.Accepted()).ToList();
        await _audit.AppendAsync(events[..^1], s_ct);
        var seal = (await _audit.VerifyAsync(cancellationToken: s_ct)).Seal;
        (await ReadAsync(events[0].MailId)).Should().ContainSingle();

        await _audit.AppendAsync([events[^1]], s_ct);

        (await ReadAsync(events[0].MailId)).Should().BeEmpty();
        (await ReadAsync(events[^1].MailId)).Should().ContainSingle();
        (await _audit.FindAsync(new(), s_ct).CountAsync(s_ct)).Should().Be(InMemoryMailAudit.Capacity / 10 * 9);
        (await _audit.VerifyAsync(seal, s_ct)).IsIntact.Should().BeTrue();
        (await _audit.VerifyAsync(new AuditSeal(1, "dropped long ago"), s_ct)).IsIntact.Should().BeTrue();
    }

    [Fact]
    public async Task What_is_read_does_not_change_while_more_is_recorded()
    {
        var mail = MailId.New(SomeEvent.Noon);
        await _audit.AppendAsync([SomeEvent.Accepted(mail)], s_ct);
        var reading = _audit.ReadAsync(mail, s_ct);

        await _audit.AppendAsync([SomeEvent.Accepted(mail)], s_ct);

        (await reading.CountAsync(s_ct)).Should().Be(1);
    }

    private async Task<List<MailEvent>> ReadAsync(MailId mailId) => await _audit.ReadAsync(mailId, s_ct).ToListAsync(s_ct);
}
