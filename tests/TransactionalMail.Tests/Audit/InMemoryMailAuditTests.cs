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
    public async Task Drops_the_whole_history_of_the_oldest_mail_when_it_is_full()
    {
        var mails = Enumerable.Range(0, InMemoryMailAudit.Capacity / 2).Select(_ => MailId.New(SomeEvent.Noon)).ToList();
        foreach (var mail in mails) await _audit.AppendAsync([SomeEvent.Accepted(mail, 1), SomeEvent.Accepted(mail, 2)], s_ct);
        (await ReadAsync(mails[0])).Should().HaveCount(2);

        await _audit.AppendAsync([SomeEvent.Accepted(mails[1], 3)], s_ct);

        (await ReadAsync(mails[0])).Should().BeEmpty();
        (await ReadAsync(mails[1])).Should().HaveCount(3);
        (await ReadAsync(mails[^1])).Should().HaveCount(2);
    }

    [Fact]
    public async Task One_mail_alone_cannot_outgrow_it()
    {
        var mail = MailId.New(SomeEvent.Noon);
        var events = Enumerable.Range(0, InMemoryMailAudit.Capacity + 1).Select(_ => SomeEvent.Accepted(mail)).ToList();

        await _audit.AppendAsync(events, s_ct);
        await _audit.AppendAsync([events[^1] with { EventId = Guid.CreateVersion7() }], s_ct);

        (await ReadAsync(mail)).Should().ContainSingle();
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
