using TransactionalMail.Audit;
using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Audit;

public class InMemoryMailAuditTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly InMemoryMailAudit _audit = new();

    [Fact]
    public async Task Reads_the_history_of_one_mail_in_the_order_of_recording()
    {
        var (ada, grace) = (MailId.New(SomeEvent.Noon), MailId.New(SomeEvent.Noon));
        MailEvent[] events = [SomeEvent.Accepted(ada, 2), SomeEvent.Accepted(grace), SomeEvent.Accepted(ada, 1)];

        await _audit.AppendAsync(events[..2], s_ct);
        await _audit.AppendAsync(events[2..], s_ct);

        (await ReadAsync(ada)).Should().Equal(events[0], events[2]);
        (await ReadAsync(grace)).Should().Equal(events[1]);
        (await ReadAsync(MailId.New(SomeEvent.Noon))).Should().BeEmpty();
    }

    [Fact]
    public async Task Records_an_event_once_however_often_it_is_told()
    {
        var accepted = SomeEvent.Accepted();

        await _audit.AppendAsync([accepted, accepted], s_ct);
        await _audit.AppendAsync([accepted with { Recipient = "other@example.com" }], s_ct);

        (await ReadAsync(accepted.MailId)).Should().Equal(accepted);
    }

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
