using TransactionalMail.Conformance;
using TransactionalMail.Outbox;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>The outbox suite on quorum queues. What a queue cannot do is overridden, and the name says what it does instead; the README lists the same.</summary>
[ConformanceOf<RabbitMqOutbox>]
public sealed class RabbitMqOutboxTests(SharedBroker shared) : OutboxConformance, IAsyncLifetime
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    private RabbitMqOutbox? _outbox;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override IMailOutbox Outbox => _outbox!;

    protected override IOutboxAdmin Admin => _outbox!;

    public async ValueTask InitializeAsync() => _outbox = SomeQueues.Outbox(SomeQueues.Options(await shared.GetAsync()), Clock);

    public async ValueTask DisposeAsync()
    {
        if (_outbox is not null) await _outbox.DisposeAsync();
    }

    [Fact(DisplayName = "Differs: leases what is due in order of arrival, not of due time, and delays pass in the broker's time")]
    public override async Task Leases_what_is_due_in_order_of_due_time()
    {
        var (delayed, first, second) = (Entry(dueIn: 1), Entry(), Entry());
        await Outbox.AddAsync([delayed], Ct);
        await Outbox.AddAsync([first], Ct);
        await Outbox.AddAsync([second], Ct);
        Clock.Advance(TimeSpan.FromSeconds(1));

        (await LeaseAsync()).Select(l => l.Entry.Id).Should().Equal(first.Id, second.Id);
        (await LeaseSomeAsync()).Should().ContainSingle().Which.Entry.Id.Should().Be(delayed.Id);
    }

    [Fact(DisplayName = "Differs: a rescheduled entry comes back as it was handed in, when the broker's clock says so, and never before ours does")]
    public override async Task A_rescheduled_entry_comes_back_when_it_is_due_as_it_was_handed_in()
    {
        await Outbox.AddAsync([Entry("ada@example.com", "grace@example.com")], Ct);
        var lease = (await LeaseAsync())[0];
        var changed = lease.Entry with { Attempts = 1, Recipients = ["grace@example.com"], PinnedTransport = "primary", LastFailure = "Busy.", DueAt = Clock.GetUtcNow().AddMilliseconds(600) };

        (await Outbox.RescheduleAsync([lease with { Entry = changed }], Ct)).Should().BeEmpty();

        (await LeaseAsync()).Should().BeEmpty();
        await WaitUntilAsync(async () => (await DepthAsync("(delayed)")).Waiting == 0); // its first step of 250 ms is over
        (await LeaseAsync()).Should().BeEmpty("our clock stands still, and it goes into the next step");
        Clock.Advance(TimeSpan.FromMilliseconds(600));
        (await LeaseSomeAsync()).Should().ContainSingle().Which.Entry.Should().BeEquivalentTo(changed, options => options.Excluding(e => e.Message));
    }

    [Fact(DisplayName = "Differs: only dead letters can be cancelled; for what waits it says what to use instead")]
    public override async Task What_waits_or_is_dead_can_be_cancelled_what_is_in_delivery_cannot()
    {
        var (waiting, dead) = (Entry(), Entry());
        await Outbox.AddAsync([dead], Ct);
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await Outbox.AddAsync([waiting], Ct);

        (await Admin.CancelAsync(dead.Id, Ct)).Should().BeTrue();
        await RefusesAsync(async () => await Admin.CancelAsync(dead.Id, Ct));
        await RefusesAsync(async () => await Admin.CancelAsync(waiting.Id, Ct));

        (await LeaseAsync()).Should().ContainSingle().Which.Entry.Id.Should().Be(waiting.Id);
    }

    [Fact(DisplayName = "Differs: counts what this process leased, delayed mail over all streams, and no due times")]
    public override async Task Tells_how_full_each_lane_is()
    {
        await Outbox.AddAsync([Entry()], Ct);
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await Outbox.AddAsync([Entry()], Ct);
        await LeaseAsync();
        await Outbox.AddAsync([Entry(), Entry(), Entry(dueIn: 600)], Ct);

        (await DepthAsync("default")).Should().Be(new OutboxDepth("default", Waiting: 2, InDelivery: 1, DeadLetters: 1, OldestDueAt: null));
        (await DepthAsync("(delayed)")).Waiting.Should().Be(1);
    }

    [Fact(DisplayName = "Differs: does not know what it has; a mail added twice is two messages, of which one is delivered here")]
    public override async Task Refuses_a_mail_it_has_and_then_takes_none_of_the_batch()
    {
        var entry = Entry();
        await Outbox.AddAsync([entry], Ct);
        await Outbox.AddAsync([entry], Ct);
        var twice = async () => await Outbox.AddAsync([entry, entry], Ct);
        await twice.Should().ThrowAsync<ArgumentException>();
        (await DepthAsync("default")).Waiting.Should().Be(2);

        var leases = await LeaseAsync();

        leases.Should().ContainSingle();
        await Outbox.CompleteAsync(leases, Ct);
        await Outbox.AddAsync([entry], Ct);
        (await LeaseAsync()).Should().BeEmpty();
    }

    [Fact(DisplayName = "Differs: a mail with a key is refused, for a queue cannot look it up")]
    public override Task A_key_stands_for_the_first_mail_also_when_that_is_done_O14() => RefusesKeysAsync([Keyed("order-1042")]);

    [Fact(DisplayName = "Differs: a mail with a key is refused, however long it waits")]
    public override Task A_key_stands_for_a_mail_that_waits_longer_than_keys_are_remembered_O14() => RefusesKeysAsync([Keyed("order-1042") with { DueAt = Clock.GetUtcNow().AddDays(7) }]);

    [Fact(DisplayName = "Differs: a batch with a key twice is refused")]
    public override Task A_key_twice_in_one_batch_is_one_mail_O14() => RefusesKeysAsync([Keyed("order-1042"), Keyed("order-1042"), Entry()]);

    [Fact(DisplayName = "Differs: a batch with one key is refused, and then nothing of it is taken")]
    public override Task A_key_with_other_content_is_refused_and_then_nothing_of_the_batch_is_taken_O14() => RefusesKeysAsync([Entry(), Keyed("order-1042", "other")]);

    [Fact(DisplayName = "Differs: many who come with one key at once are all refused")]
    public override async Task Many_who_come_with_one_key_at_once_make_one_mail_O14() =>
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => RefusesKeysAsync([Keyed("order-1042")])));

    [Fact(DisplayName = "Differs: there is no key to give back when a dead letter is cancelled")]
    public override async Task A_cancelled_mail_gives_its_key_back()
    {
        var keyed = Keyed("order-1042");
        await _outbox!.PublishAsync(keyed, Ct); // as the relay does, with what the application's outbox has checked
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);

        (await Admin.CancelAsync(keyed.Id, Ct)).Should().BeTrue();

        await RefusesKeysAsync([Keyed("order-1042")]);
    }

    [Fact(DisplayName = "Differs: what waits cannot be made due at another time")]
    public override async Task What_waits_can_be_made_due_at_another_time()
    {
        var waiting = Entry();
        await Outbox.AddAsync([waiting], Ct);

        await RefusesAsync(async () => await Admin.RescheduleAsync(waiting.Id, Clock.GetUtcNow().AddHours(1), Ct));

        (await LeaseAsync()).Should().ContainSingle();
    }

    [Fact(DisplayName = "Differs: finds what was given up; what waits or is done cannot be told apart")]
    public override async Task Finds_what_waits_what_is_in_delivery_and_what_was_given_up()
    {
        var (waiting, dead) = (Entry(), Entry());
        await Outbox.AddAsync([dead], Ct);
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await Outbox.AddAsync([waiting], Ct);

        (await Admin.FindAsync(dead.Id, Ct))!.Id.Should().Be(dead.Id);
        (await Admin.FindAsync(dead.Id, Ct))!.Id.Should().Be(dead.Id, "looking takes nothing away");
        await RefusesAsync(async () => await Admin.FindAsync(waiting.Id, Ct));
    }

    private static async Task RefusesAsync(Func<Task> act) => (await act.Should().ThrowAsync<NotSupportedException>()).WithMessage("*application's outbox*");

    private async Task RefusesKeysAsync(IReadOnlyList<OutboxEntry> entries)
    {
        var adding = async () => await Outbox.AddAsync(entries, Ct);

        await adding.Should().ThrowAsync<NotSupportedException>().WithMessage("*UseRabbitMqWorkers*");
        (await LeaseAsync()).Should().BeEmpty();
    }

    private async Task<OutboxDepth> DepthAsync(string lane) => (await Admin.GetDepthsAsync(Ct)).Single(d => d.StreamName == lane);

    private async Task<IReadOnlyList<OutboxLease>> LeaseAsync() => await Outbox.LeaseAsync("default", 100, s_lease, Ct);

    private async Task<IReadOnlyList<OutboxLease>> LeaseSomeAsync()
    {
        IReadOnlyList<OutboxLease> leases = [];
        await WaitUntilAsync(async () => (leases = await LeaseAsync()).Count > 0);
        return leases;
    }

    /// <summary>Asks again and again, for the broker's clock cannot be set.</summary>
    private static async Task WaitUntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo()) await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
    }
}
