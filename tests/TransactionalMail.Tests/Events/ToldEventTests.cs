using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Events;
using TransactionalMail.Suppression;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Events;

/// <summary>What outsiders tell is acknowledged when audit and suppression list have it, and told again until then.</summary>
public sealed class ToldEventTests : IAsyncDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly BreakableList _list = new();
    private readonly Gate _gate = new();
    private readonly EventBench _bench;

    public ToldEventTests() => _bench = new EventBench(mail => mail.Services.AddSingleton<ISuppressionList>(_list).AddSingleton<IMailEventHandler>(_gate));

    [Fact]
    public async Task What_the_suppression_list_could_not_store_is_told_again_and_handled_once()
    {
        _gate.Open();
        var complaint = Complaint("ada@example.com");
        _list.IsBroken = true;

        await Storing(complaint).Should().ThrowAsync<MailEventsNotStoredException>();
        _list.IsBroken = false;
        (await _bench.Events.StoreAsync([complaint], s_ct)).Should().Be(0, "the audit has had it since");

        (await _list.FindAsync(["ada@example.com"], "default", s_ct)).Should().ContainSingle();
        await _bench.FlushAsync();
        _gate.Seen.Should().Equal(complaint);
    }

    [Fact]
    public async Task A_list_that_fails_is_not_asked_for_each_event_that_waits()
    {
        _gate.Open();
        _list.IsBroken = true;
        MailEvent[] complaints = [.. Enumerable.Range(0, 50).Select(static i => Complaint($"customer{i}@example.com"))];

        await Storing(complaints).Should().ThrowAsync<MailEventsNotStoredException>();

        _list.Asked.Should().Be(1);
    }

    [Fact]
    public async Task What_the_list_is_not_told_of_is_stored_though_it_fails()
    {
        _gate.Open();
        _list.Pause();
        var first = Storing(Complaint("ada@example.com"))();
        await _list.Paused;
        var second = Storing(Complaint("grace@example.com"))();
        var delivered = _bench.Events.StoreAsync([new MailDelivered { MailId = MailId.New(SomeEvent.Noon), Recipient = "ada@example.com", OccurredAt = SomeEvent.Noon }], s_ct);
        _list.IsBroken = true;
        _list.Continue();

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<MailEventsNotStoredException>();
        await FluentActions.Awaiting(() => second).Should().ThrowAsync<MailEventsNotStoredException>();
        (await delivered).Should().Be(1);
    }

    [Fact]
    public async Task A_handler_that_takes_its_time_holds_up_no_report()
    {
        await _bench.PublishAsync(SomeEvent.Accepted());
        await _gate.Entered;

        (await _bench.Events.StoreAsync([Complaint("ada@example.com")], s_ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), s_ct)).Should().Be(1);
        (await _bench.Events.StoreAsync([Complaint("grace@example.com")], s_ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), s_ct)).Should().Be(1);

        (await _list.FindAsync(["ada@example.com", "grace@example.com"], "default", s_ct)).Should().HaveCount(2);
        _gate.Open();
    }

    [Fact]
    public async Task A_handler_may_record_what_it_learns()
    {
        EventBench? bench = null;
        var recorded = 0;
        var handler = new Handler(async e =>
        {
            if (e is MailAccepted) recorded = await bench!.Events.StoreAsync([Complaint("ada@example.com")], s_ct);
        });
        await using var _ = bench = new EventBench(mail => mail.Services.AddSingleton<IMailEventHandler>(handler));

        await bench.PublishAsync(SomeEvent.Accepted());
        await bench.FlushAsync();

        recorded.Should().Be(1);
    }

    [Fact]
    public async Task What_two_requests_tell_at_once_is_handled_once()
    {
        _gate.Open();
        var complaint = Complaint("ada@example.com");
        _list.Pause();
        var first = _bench.Events.StoreAsync([Complaint("grace@example.com")], s_ct);
        await _list.Paused;
        var second = _bench.Events.StoreAsync([complaint], s_ct);
        var third = _bench.Events.StoreAsync([complaint], s_ct);
        _list.Continue();

        await first;
        (await second + await third).Should().Be(1);

        await _bench.FlushAsync();
        _gate.Seen.Should().HaveCount(2).And.EndWith(complaint);
    }

    [Fact]
    public async Task A_resubscription_that_is_told_again_undoes_no_later_unsubscribe()
    {
        _gate.Open();
        var resubscribed = new MailResubscribed { MailId = MailId.New(SomeEvent.Noon), StreamName = "news", Recipient = "ada@example.com", OccurredAt = SomeEvent.Noon };
        await _bench.Events.StoreAsync([resubscribed], s_ct);
        await _bench.Events.StoreAsync([new MailUnsubscribed { MailId = MailId.New(SomeEvent.Noon), StreamName = "news", Recipient = "ada@example.com", OccurredAt = SomeEvent.Noon.AddMinutes(1) }], s_ct);

        await _bench.Events.StoreAsync([resubscribed], s_ct);

        (await _list.FindAsync(["ada@example.com"], "news", s_ct)).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.Unsubscribe);
    }

    [Fact]
    public async Task What_is_told_while_the_queue_stays_full_is_to_be_told_again()
    {
        await _bench.FillAsync(_gate);

        var storing = _bench.Events.StoreAsync([Complaint("ada@example.com")], s_ct).AsTask();
        _bench.Clock.Advance(MailEventDispatcher.LongestWait);

        (await FluentActions.Awaiting(() => storing).Should().ThrowAsync<MailEventsNotStoredException>()).WithInnerException<TimeoutException>();
        _gate.Open();
        await _bench.FlushAsync();
        _gate.Seen.Should().HaveCount(MailEventDispatcher.Capacity);
    }

    [Fact]
    public async Task Whoever_told_what_is_left_at_the_end_learns_that_it_was_not_stored()
    {
        _list.Pause();
        var first = Storing(Complaint("ada@example.com"))();
        await _list.Paused;
        var second = Storing(Complaint("grace@example.com"))();
        var flushing = _bench.FlushAsync();

        var disposing = _bench.Events.DisposeAsync();
        _bench.Clock.Advance(MailEventDispatcher.LongestDrain);
        await disposing;

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<MailEventsNotStoredException>();
        await FluentActions.Awaiting(() => second).Should().ThrowAsync<MailEventsNotStoredException>();
        await FluentActions.Awaiting(() => flushing).Should().ThrowAsync<OperationCanceledException>();
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Open();
        _list.Continue();
        await _bench.DisposeAsync();
    }

    private static MailComplained Complaint(EmailAddress recipient) =>
        new() { MailId = MailId.New(SomeEvent.Noon), StreamName = "default", Recipient = recipient, OccurredAt = SomeEvent.Noon };

    private Func<Task> Storing(params MailEvent[] events) => () => _bench.Events.StoreAsync(events, s_ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), s_ct);

    private sealed class BreakableList : ISuppressionList
    {
        private readonly InMemorySuppressionList _list = new();
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _continued = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _pauses;

        public bool IsBroken { get; set; }

        public int Asked { get; private set; }

        public Task Paused => _paused.Task;

        public void Pause() => _pauses = true;

        public void Continue() => _continued.TrySetResult();

        public ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default) =>
            _list.FindAsync(recipients, streamName, cancellationToken);

        public async ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default)
        {
            Asked++;
            if (_pauses)
            {
                _paused.TrySetResult();
                await _continued.Task.WaitAsync(cancellationToken);
            }

            if (IsBroken) throw new IOException("The disk is full.");
            await _list.AddAsync(entry, cancellationToken);
        }

        public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default) =>
            _list.RemoveAsync(recipient, reason, streamName, cancellationToken);
    }
}
