using Microsoft.Extensions.Logging.Testing;
using TransactionalMail.Suppression;
using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Suppression;

public class SuppressionUpdaterTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly InMemorySuppressionList _list = new();
    private readonly FakeLogger<SuppressionUpdater> _logger = new();
    private readonly SuppressionUpdater _updater;

    public SuppressionUpdaterTests() => _updater = new SuppressionUpdater(_list, _logger);

    [Fact]
    public async Task A_hard_bounce_suppresses_everywhere()
    {
        await _updater.UpdateAsync(SomeEvent.HardBounce("ada@example.com"), s_ct);

        (await FindAsync("receipts")).Should().Equal(
            new SuppressionEntry { Recipient = "ada@example.com", Reason = SuppressionReason.HardBounce, Since = SomeEvent.Noon, Diagnostic = "No such mailbox" });
    }

    [Theory]
    [InlineData(BounceKind.Soft)]
    [InlineData(BounceKind.Blocked)]
    [InlineData(BounceKind.Undetermined)]
    public async Task Other_bounces_suppress_nobody(BounceKind kind)
    {
        await _updater.UpdateAsync(SomeEvent.HardBounce("ada@example.com") with { BounceKind = kind }, s_ct);

        (await FindAsync("default")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_complaint_suppresses_everywhere()
    {
        await _updater.UpdateAsync(new MailComplained { MailId = default, StreamName = "news", Recipient = "ada@example.com", OccurredAt = SomeEvent.Noon }, s_ct);

        (await FindAsync("receipts")).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.Complaint);
    }

    [Fact]
    public async Task An_unsubscribe_suppresses_its_stream_alone()
    {
        await _updater.UpdateAsync(Unsubscribed("news"), s_ct);

        (await FindAsync("news")).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.Unsubscribe);
        (await FindAsync("receipts")).Should().BeEmpty();
    }

    [Fact]
    public async Task An_unsubscribe_of_a_stream_nobody_knows_counts_for_all()
    {
        await _updater.UpdateAsync(Unsubscribed(null), s_ct);

        (await FindAsync("receipts")).Should().ContainSingle();
    }

    [Fact]
    public async Task A_resubscribe_takes_back_the_unsubscribe_and_nothing_else()
    {
        await _updater.UpdateAsync(Unsubscribed("news"), s_ct);
        await _updater.UpdateAsync(Unsubscribed("offers"), s_ct);
        await _updater.UpdateAsync(SomeEvent.HardBounce("ada@example.com"), s_ct);

        await _updater.UpdateAsync(new MailResubscribed { MailId = default, StreamName = "news", Recipient = "ada@example.com", OccurredAt = SomeEvent.Noon }, s_ct);

        (await FindAsync("news")).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.HardBounce);
        (await FindAsync("offers")).Should().HaveCount(2);
    }

    [Fact]
    public async Task Says_so_where_the_event_names_nobody()
    {
        await _updater.UpdateAsync(SomeEvent.HardBounce(null), s_ct);

        _logger.LatestRecord.Id.Id.Should().Be(306);
    }

    private static MailUnsubscribed Unsubscribed(string? streamName) =>
        new() { MailId = default, StreamName = streamName, Recipient = "ada@example.com", OccurredAt = SomeEvent.Noon };

    private async Task<IReadOnlyList<SuppressionEntry>> FindAsync(string streamName) => await _list.FindAsync(["ada@example.com"], streamName, s_ct);
}
