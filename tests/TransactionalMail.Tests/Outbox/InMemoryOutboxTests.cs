using TransactionalMail.Conformance;
using TransactionalMail.Outbox;

namespace TransactionalMail.Tests.Outbox;

[ConformanceOf<InMemoryOutbox>]
public sealed class InMemoryOutboxTests : OutboxConformance
{
    private readonly InMemoryOutbox _outbox;

    public InMemoryOutboxTests() => _outbox = SomeOutbox.InMemory(200, Clock);

    protected override IMailOutbox Outbox => _outbox;

    protected override IOutboxAdmin Admin => _outbox;

    [Fact]
    public async Task A_full_outbox_makes_the_sender_wait_and_drops_nothing_Q01()
    {
        var ct = TestContext.Current.CancellationToken;
        var outbox = SomeOutbox.InMemory(2, Clock);
        await outbox.AddAsync([Entry(), Entry()], ct);

        var third = outbox.AddAsync([Entry()], ct).AsTask();
        third.IsCompleted.Should().BeFalse();
        var leases = await outbox.LeaseAsync("default", 1, TimeSpan.FromMinutes(1), ct);
        await outbox.CompleteAsync(leases, ct);
        await third;

        (await outbox.LeaseAsync("default", 10, TimeSpan.FromMinutes(1), ct)).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_sender_who_stops_waiting_leaves_the_room_to_others_Q01()
    {
        var ct = TestContext.Current.CancellationToken;
        var outbox = SomeOutbox.InMemory(2, Clock);
        using var patience = new CancellationTokenSource();
        await outbox.AddAsync([Entry()], ct);

        var two = outbox.AddAsync([Entry(), Entry()], patience.Token).AsTask();
        await patience.CancelAsync();
        var waiting = () => two;
        await waiting.Should().ThrowAsync<OperationCanceledException>();
        await outbox.AddAsync([Entry()], ct);

        (await outbox.LeaseAsync("default", 10, TimeSpan.FromMinutes(1), ct)).Should().HaveCount(2);
    }

    [Fact]
    public async Task Refuses_more_at_once_than_it_can_ever_hold()
    {
        var outbox = SomeOutbox.InMemory(1, Clock);

        var adding = async () => await outbox.AddAsync([Entry(), Entry()], TestContext.Current.CancellationToken);

        await adding.Should().ThrowAsync<ArgumentException>().WithMessage("*Outbox:Capacity*");
    }

    [Fact]
    public async Task Once_closed_it_lets_go_who_waits_for_room_and_takes_nothing_more()
    {
        var ct = TestContext.Current.CancellationToken;
        var outbox = SomeOutbox.InMemory(2, Clock);
        await outbox.AddAsync([Entry()], ct);
        var waiting = outbox.AddAsync([Entry(), Entry()], ct).AsTask();

        outbox.Close();

        foreach (var adding in new Func<Task>[] { () => waiting, () => outbox.AddAsync([Entry()], ct).AsTask() })
        {
            await adding.Should().ThrowAsync<InvalidOperationException>().WithMessage("*stopping*");
        }

        (await outbox.LeaseAsync("default", 10, TimeSpan.FromMinutes(1), ct)).Should().ContainSingle("what was taken before is delivered");
    }

    [Fact]
    public async Task A_dead_letter_is_not_added_beside_itself_nor_a_mail_twice()
    {
        var ct = TestContext.Current.CancellationToken;
        var entry = Entry();
        await _outbox.AddAsync([entry], ct);
        await _outbox.DeadLetterAsync(await _outbox.LeaseAsync("default", 1, TimeSpan.FromMinutes(1), ct), ct);

        var again = async () => await _outbox.AddAsync([entry], ct);
        var other = Entry();
        var twice = async () => await _outbox.AddAsync([other, other], ct);

        await again.Should().ThrowAsync<ArgumentException>().WithMessage("*already*");
        await twice.Should().ThrowAsync<ArgumentException>().WithMessage("*twice*");
        (await _outbox.RetryAsync(entry.Id, ct)).Should().BeTrue();
        (await _outbox.LeaseAsync("default", 10, TimeSpan.FromMinutes(1), ct)).Should().ContainSingle();
    }
}
