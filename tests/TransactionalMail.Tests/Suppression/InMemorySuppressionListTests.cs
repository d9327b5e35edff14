using TransactionalMail.Suppression;
using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Suppression;

public class InMemorySuppressionListTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly InMemorySuppressionList _list = new();

    [Theory]
    [InlineData("ada@example.com", "Ada.L <ada@EXAMPLE.com>")]
    [InlineData("ada@example.com", "Ada@example.com")]
    [InlineData("\"ada\"@example.com", "ada@example.com")]
    [InlineData("ada@müller.example", "ada@XN--mller-kva.example")]
    [InlineData("jürgen@example.com", "JÜRGEN@example.com")]
    public async Task Finds_the_recipient_however_the_address_is_written_X02(string added, string asked)
    {
        await _list.AddAsync(Entry(added), s_ct);

        var found = await _list.FindAsync([asked], "default", s_ct);

        found.Should().ContainSingle().Which.Recipient.Should().Be((EmailAddress)asked);
    }

    [Fact]
    public async Task Finds_only_the_recipients_that_are_listed()
    {
        await _list.AddAsync(Entry("ada@example.com"), s_ct);

        (await _list.FindAsync(["grace@example.com", "ada@example.com", "ada@example.org"], "default", s_ct)).Should().ContainSingle().Which.Recipient.Should().Be((EmailAddress)"ada@example.com");
    }

    [Fact]
    public async Task An_entry_without_stream_counts_for_every_stream_and_one_with_a_stream_for_that_alone()
    {
        await _list.AddAsync(Entry("ada@example.com"), s_ct);
        await _list.AddAsync(Entry("grace@example.com", SuppressionReason.Unsubscribe, "news"), s_ct);

        (await _list.FindAsync(["ada@example.com", "grace@example.com"], "News", s_ct)).Should().HaveCount(2);
        (await _list.FindAsync(["ada@example.com", "grace@example.com"], "receipts", s_ct)).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.HardBounce);
    }

    [Fact]
    public async Task Adding_again_keeps_the_first_date()
    {
        await _list.AddAsync(Entry("ada@example.com"), s_ct);
        await _list.AddAsync(Entry("Ada@Example.com") with { Since = SomeEvent.Noon.AddDays(1), Diagnostic = "again" }, s_ct);

        (await _list.FindAsync(["ada@example.com"], "default", s_ct)).Should().Equal(Entry("ada@example.com"));
    }

    [Fact]
    public async Task Removes_one_reason_and_scope_and_no_other()
    {
        await _list.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe, "news"), s_ct);
        await _list.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe), s_ct);
        await _list.AddAsync(Entry("ada@example.com", SuppressionReason.Complaint), s_ct);

        await _list.RemoveAsync("ADA@example.com", SuppressionReason.Unsubscribe, "News", s_ct);
        (await _list.FindAsync(["ada@example.com"], "news", s_ct)).Select(e => e.Reason).Should().BeEquivalentTo([SuppressionReason.Unsubscribe, SuppressionReason.Complaint]);

        await _list.RemoveAsync("ada@example.com", SuppressionReason.Unsubscribe, null, s_ct);
        await _list.RemoveAsync("ada@example.com", SuppressionReason.Complaint, null, s_ct);
        await _list.RemoveAsync("nobody@example.com", SuppressionReason.Complaint, null, s_ct);
        (await _list.FindAsync(["ada@example.com"], "news", s_ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Loses_nothing_when_many_add_and_remove_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            await _list.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe, $"stream-{i}"), s_ct);
            if (i % 2 == 0) await _list.RemoveAsync("ada@example.com", SuppressionReason.Unsubscribe, $"stream-{i}", s_ct);
        }, s_ct)));

        for (var i = 0; i < 200; i++)
        {
            (await _list.FindAsync(["ada@example.com"], $"stream-{i}", s_ct)).Should().HaveCount(i % 2);
        }
    }

    [Fact]
    public void An_entry_does_not_print_its_recipient_P02() =>
        Entry("canary@example.com", SuppressionReason.Unsubscribe, "news").ToString().Should().Contain("Unsubscribe").And.Contain("news").And.NotContain("canary");

    private static SuppressionEntry Entry(string recipient, SuppressionReason reason = SuppressionReason.HardBounce, string? streamName = null) =>
        new() { Recipient = recipient, Reason = reason, StreamName = streamName, Since = SomeEvent.Noon };
}
