using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Outbox;

namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="IMailOutbox"/> does. Inherit it, and make an empty outbox of that kind.</summary>
/// <remarks>Where an engine cannot give a guarantee its test is overridden by one that shows what it does instead; those that can be are virtual.</remarks>
public abstract class OutboxConformance : PortConformance<IMailOutbox>
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    /// <summary>Gets the clock the outbox must live by.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero));

    /// <summary>Makes an empty outbox, or returns the one of this test.</summary>
    protected abstract IMailOutbox Outbox { get; }

    /// <summary>Gets the same outbox as people see it.</summary>
    protected abstract IOutboxAdmin Admin { get; }

    private protected sealed override IMailOutbox Implementation => Outbox;

    [Fact]
    public virtual async Task Leases_what_is_due_in_order_of_due_time()
    {
        await AddAsync(Entry(dueIn: 2), Entry(dueIn: 1), Entry(dueIn: 1), Entry(dueIn: 10));
        Clock.Advance(TimeSpan.FromSeconds(2));

        var leases = await LeaseAsync();

        leases.Select(l => l.Entry.DueAt).Should().BeInAscendingOrder().And.HaveCount(3);
    }

    [Fact]
    public async Task Leases_no_more_than_asked_for()
    {
        await AddAsync(Entry(), Entry(), Entry());

        (await LeaseAsync(2)).Should().HaveCount(2);
        (await LeaseAsync(2)).Should().HaveCount(1);
    }

    [Fact]
    public async Task Keeps_streams_apart_whatever_their_case()
    {
        await AddAsync(Entry() with { StreamName = "Receipts" }, Entry() with { StreamName = "alerts" });

        (await Outbox.LeaseAsync("receipts", 10, s_lease, Ct)).Should().ContainSingle().Which.Entry.StreamName.Should().Be("Receipts");
        (await Outbox.LeaseAsync("nothing", 10, s_lease, Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Gives_back_what_was_put_in()
    {
        var entry = Entry() with
        {
            TemplateName = "welcome",
            Attempts = 3,
            PinnedTransport = "primary",
            LastFailure = "It was busy.",
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
        await AddAsync(entry);

        var leased = (await LeaseAsync())[0].Entry;

        leased.Should().BeEquivalentTo(entry, options => options.Excluding(e => e.Message));
        leased.Message.Subject.Should().Be(entry.Message.Subject);
        leased.Message.TextBody.Should().Be(entry.Message.TextBody);
        leased.Message.To.Should().Equal(entry.Message.To);
    }

    [Fact]
    public async Task A_leased_entry_belongs_to_one_worker()
    {
        await AddAsync(Enumerable.Range(0, 200).Select(_ => Entry()).ToArray());

        var leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => LeaseAsync(20))));

        leases.SelectMany(l => l).Select(l => l.Entry.Id).Should().HaveCount(200).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_lease_that_ends_passes_to_another_worker_with_a_greater_token()
    {
        await AddAsync(Entry());
        var first = (await LeaseAsync())[0];
        (await LeaseAsync()).Should().BeEmpty();

        Clock.Advance(s_lease);
        var second = (await LeaseAsync()).Should().ContainSingle().Which;

        second.Entry.Id.Should().Be(first.Entry.Id);
        second.Token.Should().BeGreaterThan(first.Token);
    }

    [Fact]
    public async Task A_renewed_lease_lasts()
    {
        await AddAsync(Entry());
        var lease = (await LeaseAsync())[0];
        for (var i = 0; i < 5; i++)
        {
            Clock.Advance(s_lease / 2);
            (await Outbox.RenewAsync([lease], s_lease, Ct)).Should().BeEmpty();
        }

        (await LeaseAsync()).Should().BeEmpty();
        Clock.Advance(s_lease);
        (await LeaseAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_changes_nothing()
    {
        await AddAsync(Entry());
        var old = (await LeaseAsync())[0];
        Clock.Advance(s_lease);
        var current = (await LeaseAsync())[0];

        (await Outbox.RenewAsync([old], s_lease, Ct)).Should().Equal(old);
        (await Outbox.CompleteAsync([old], Ct)).Should().Equal(old);
        (await Outbox.RescheduleAsync([old with { Entry = old.Entry with { Attempts = 99 } }], Ct)).Should().ContainSingle();
        (await Outbox.DeadLetterAsync([old], Ct)).Should().Equal(old);

        (await Outbox.RescheduleAsync([current], Ct)).Should().BeEmpty();
        (await LeaseAsync()).Should().ContainSingle().Which.Entry.Attempts.Should().Be(0);
        (await DeadLettersAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_completed_entry_is_gone()
    {
        await AddAsync(Entry());
        var leases = await LeaseAsync();

        (await Outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();

        Clock.Advance(TimeSpan.FromDays(1));
        (await LeaseAsync()).Should().BeEmpty();
        (await Outbox.CompleteAsync(leases, Ct)).Should().Equal(leases);
    }

    [Fact]
    public virtual async Task A_rescheduled_entry_comes_back_when_it_is_due_as_it_was_handed_in()
    {
        await AddAsync(Entry("ada@example.com", "grace@example.com"));
        var lease = (await LeaseAsync())[0];
        var changed = lease.Entry with { Attempts = 1, Recipients = ["grace@example.com"], PinnedTransport = "primary", LastFailure = "Busy.", DueAt = Clock.GetUtcNow().AddSeconds(30) };

        await Outbox.RescheduleAsync([lease with { Entry = changed }], Ct);

        (await LeaseAsync()).Should().BeEmpty();
        Clock.Advance(TimeSpan.FromSeconds(30));
        var back = (await LeaseAsync()).Should().ContainSingle().Which.Entry;
        back.Should().BeEquivalentTo(changed, options => options.Excluding(e => e.Message));
    }

    [Fact]
    public async Task A_dead_letter_can_be_read_and_tried_again()
    {
        await AddAsync(Entry(), Entry());
        var lease = (await LeaseAsync(1))[0];
        await Outbox.DeadLetterAsync([lease with { Entry = lease.Entry with { Attempts = 7, LastFailure = "Nobody took it." } }], Ct);

        var dead = (await DeadLettersAsync()).Should().ContainSingle().Which;
        dead.LastFailure.Should().Be("Nobody took it.");
        Clock.Advance(TimeSpan.FromDays(2));
        (await LeaseAsync()).Should().ContainSingle().Which.Entry.Id.Should().NotBe(dead.Id);

        (await Admin.RetryAsync(dead.Id, Ct)).Should().BeTrue();

        (await Admin.RetryAsync(dead.Id, Ct)).Should().BeFalse();
        (await DeadLettersAsync()).Should().BeEmpty();
        var again = (await LeaseAsync()).Should().ContainSingle().Which.Entry;
        again.Id.Should().Be(dead.Id);
        again.Attempts.Should().Be(0);
        again.AcceptedAt.Should().Be(Clock.GetUtcNow());
    }

    [Fact]
    public virtual async Task What_waits_or_is_dead_can_be_cancelled_what_is_in_delivery_cannot()
    {
        var (waiting, leased, dead) = (Entry(dueIn: 60), Entry(), Entry());
        await AddAsync(dead);
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await AddAsync(leased, waiting);
        await LeaseAsync();

        (await Admin.CancelAsync(waiting.Id, Ct)).Should().BeTrue();
        (await Admin.CancelAsync(dead.Id, Ct)).Should().BeTrue();
        (await Admin.CancelAsync(leased.Id, Ct)).Should().BeFalse();
        (await Admin.CancelAsync(MailId.New(Clock.GetUtcNow()), Ct)).Should().BeFalse();

        Clock.Advance(TimeSpan.FromMinutes(2));
        (await LeaseAsync()).Should().ContainSingle().Which.Entry.Id.Should().Be(leased.Id);
    }

    [Fact]
    public virtual async Task Tells_how_full_each_lane_is()
    {
        await AddAsync(Entry());
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await AddAsync(Entry());
        await LeaseAsync();
        await AddAsync(Entry(), Entry(), Entry(dueIn: 600));
        var due = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(10));

        var depth = (await Admin.GetDepthsAsync(Ct)).Should().ContainSingle().Which;

        depth.Should().Be(new OutboxDepth("default", Waiting: 3, InDelivery: 1, DeadLetters: 1, OldestDueAt: due));
    }

    [Fact]
    public virtual async Task Refuses_a_mail_it_has_and_then_takes_none_of_the_batch()
    {
        var entry = Entry();
        await AddAsync(entry);

        var adding = () => AddAsync(Entry(), entry);

        await adding.Should().ThrowAsync<ArgumentException>();
        (await LeaseAsync()).Should().ContainSingle();
    }

    [Fact]
    public virtual async Task A_key_stands_for_the_first_mail_also_when_that_is_done_O14()
    {
        var first = Keyed("order-1042");

        (await Outbox.AddAsync([first], Ct)).Should().Equal(first.Id);
        (await Outbox.AddAsync([Keyed("order-1042"), Keyed("order-1043"), Keyed("ORDER-1042")], Ct)).Should().HaveCount(3).And.HaveElementAt(0, first.Id).And.OnlyHaveUniqueItems();
        var leases = await LeaseAsync();
        leases.Should().HaveCount(3);
        await Outbox.CompleteAsync(leases, Ct);

        Clock.Advance(TimeSpan.FromHours(23));
        (await Outbox.AddAsync([Keyed("order-1042")], Ct)).Should().Equal(first.Id);
        (await LeaseAsync()).Should().BeEmpty();

        Clock.Advance(TimeSpan.FromHours(1));
        var next = Keyed("order-1042");
        (await Outbox.AddAsync([next], Ct)).Should().Equal(next.Id);
    }

    [Fact]
    public virtual async Task A_key_stands_for_a_mail_that_waits_longer_than_keys_are_remembered_O14()
    {
        var first = Keyed("order-1042") with { DueAt = Clock.GetUtcNow().AddDays(7) };
        await AddAsync(first);

        Clock.Advance(TimeSpan.FromDays(7));
        (await Outbox.AddAsync([Keyed("order-1042")], Ct)).Should().Equal(first.Id);

        Clock.Advance(TimeSpan.FromDays(1));
        var next = Keyed("order-1042");
        (await Outbox.AddAsync([next], Ct)).Should().Equal(next.Id);
    }

    [Fact]
    public virtual async Task A_key_twice_in_one_batch_is_one_mail_O14()
    {
        var (first, second) = (Keyed("order-1042"), Keyed("order-1042"));

        (await Outbox.AddAsync([first, second, Entry()], Ct)).Should().HaveElementAt(0, first.Id).And.HaveElementAt(1, first.Id);
        (await LeaseAsync()).Should().HaveCount(2);
    }

    [Fact]
    public virtual async Task A_key_with_other_content_is_refused_and_then_nothing_of_the_batch_is_taken_O14()
    {
        var first = Keyed("order-1042");
        await AddAsync(first);

        var adding = () => AddAsync(Entry(), Keyed("order-1043"), Keyed("order-1042", "other"));

        (await adding.Should().ThrowAsync<IdempotencyConflictException>()).Which.MailId.Should().Be(first.Id);
        (await LeaseAsync()).Should().ContainSingle();
        await AddAsync(Keyed("order-1043", "other"));
    }

    [Fact]
    public virtual async Task Many_who_come_with_one_key_at_once_make_one_mail_O14()
    {
        var standing = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await Outbox.AddAsync([Keyed("order-1042")], Ct), Ct)));

        var lease = (await LeaseAsync()).Should().ContainSingle().Which;
        standing.SelectMany(s => s).Should().AllBeEquivalentTo(lease.Entry.Id);
    }

    [Fact]
    public virtual async Task A_cancelled_mail_gives_its_key_back()
    {
        await AddAsync(Keyed("order-1042"));
        await Admin.CancelAsync((await LeaseAsync()).Single().Entry.Id, Ct);
        Clock.Advance(TimeSpan.FromMinutes(2));
        (await Admin.CancelAsync((await Outbox.AddAsync([Keyed("order-1042")], Ct))[0], Ct)).Should().BeTrue();

        var again = Keyed("order-1042", "other");
        (await Outbox.AddAsync([again], Ct)).Should().Equal(again.Id);
    }

    [Fact]
    public virtual async Task What_waits_can_be_made_due_at_another_time()
    {
        var (waiting, leased, dead) = (Entry(dueIn: 60), Entry(), Entry());
        await AddAsync(dead);
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await AddAsync(leased, waiting);
        await LeaseAsync();
        var later = Clock.GetUtcNow().AddHours(1);

        (await Admin.RescheduleAsync(waiting.Id, later, Ct)).Should().BeTrue();
        (await Admin.RescheduleAsync(leased.Id, later, Ct)).Should().BeFalse();
        (await Admin.RescheduleAsync(dead.Id, later, Ct)).Should().BeFalse();
        (await Admin.RescheduleAsync(MailId.New(later), later, Ct)).Should().BeFalse();

        (await Admin.FindAsync(waiting.Id, Ct))!.Message.NotBefore.Should().Be(later);
        await Outbox.CompleteAsync(await LeaseAsync(), Ct);
        Clock.Advance(TimeSpan.FromMinutes(59));
        (await LeaseAsync()).Select(l => l.Entry.Id).Should().NotContain(waiting.Id);
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await LeaseAsync()).Select(l => l.Entry.Id).Should().Contain(waiting.Id);
    }

    [Fact]
    public virtual async Task Finds_what_waits_what_is_in_delivery_and_what_was_given_up()
    {
        var (waiting, leased, dead) = (Entry(dueIn: 60), Entry(), Entry());
        await AddAsync(dead);
        await Outbox.DeadLetterAsync(await LeaseAsync(), Ct);
        await AddAsync(leased, waiting);
        var lease = (await LeaseAsync()).Single();

        foreach (var entry in new[] { waiting, leased, dead }) (await Admin.FindAsync(entry.Id, Ct))!.Id.Should().Be(entry.Id);
        await Outbox.CompleteAsync([lease], Ct);
        (await Admin.FindAsync(leased.Id, Ct)).Should().BeNull();
    }

    [Fact]
    public async Task Takes_part_in_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await AddAsync(Entry());

        var leasing = async () => await Outbox.LeaseAsync("default", 1, s_lease, cancelled.Token);

        await leasing.Should().ThrowAsync<OperationCanceledException>();
        (await LeaseAsync()).Should().ContainSingle();
    }

    /// <summary>Makes an entry of the stream <c>default</c>.</summary>
    protected OutboxEntry Entry(params EmailAddress[] to) => Entry(0, to);

    /// <summary>Makes an entry with an idempotency key.</summary>
    protected OutboxEntry Keyed(string key, string content = "same")
    {
        var entry = Entry();
        return entry with { Message = entry.Message with { IdempotencyKey = key }, ContentHash = content };
    }

    /// <summary>Makes an entry of the stream <c>default</c> that is due in some seconds.</summary>
    protected OutboxEntry Entry(int dueIn, params EmailAddress[] to)
    {
        var now = Clock.GetUtcNow();
        EmailAddress[] recipients = to.Length > 0 ? to : ["ada@example.com"];
        return new OutboxEntry
        {
            Id = MailId.New(now),
            StreamName = "default",
            Message = new EmailMessage { From = "no-reply@acme.example", To = recipients, Subject = "Your order", TextBody = "Thank you." },
            AcceptedAt = now,
            DueAt = now.AddSeconds(dueIn),
            Recipients = recipients,
        };
    }

    private async Task AddAsync(params OutboxEntry[] entries) => await Outbox.AddAsync(entries, Ct);

    private async Task<IReadOnlyList<OutboxLease>> LeaseAsync(int count = 100) => await Outbox.LeaseAsync("default", count, s_lease, Ct);

    private async Task<IReadOnlyList<OutboxEntry>> DeadLettersAsync()
    {
        var dead = new List<OutboxEntry>();
        await foreach (var entry in Admin.ReadDeadLettersAsync(Ct)) dead.Add(entry);
        return dead;
    }
}
