using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Outbox;

namespace TransactionalMail.Tests.Outbox;

public sealed class HeldLeasesTests
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _clock = Some.Clock();
    private readonly SleepyClock _machine = new();
    private readonly InMemoryOutbox _outbox;
    private readonly HeldLeases _leases;

    public HeldLeasesTests()
    {
        _outbox = SomeOutbox.InMemory(10, _clock);
        _leases = new HeldLeases(_outbox, "default", s_lease, _machine, NullLogger.Instance);
    }

    [Fact]
    public async Task A_mail_that_is_leased_anew_is_what_somebody_else_has_left_of_it_O11()
    {
        var held = await TakeAsync();

        _clock.Advance(s_lease);
        var theirs = (await _outbox.LeaseAsync("default", 1, s_lease, s_ct))[0];
        await _outbox.RescheduleAsync([theirs with { Entry = theirs.Entry with { Recipients = ["grace@example.com"], Attempts = 1 } }], s_ct);
        (await _leases.TakeAsync(1, s_ct, s_ct)).Should().Equal([null], "it is in hand already");

        held.Lease.Entry.Recipients.Should().Equal("grace@example.com");
        held.Lease.Entry.Attempts.Should().Be(1);
        _leases.GiveBack(held, held.Lease).Should().BeNull();
    }

    [Fact]
    public async Task A_mail_that_is_leased_anew_before_it_is_given_back_is_in_hand_again()
    {
        var held = await TakeAsync();
        var under = held.Lease;
        await held.InterruptAsync();
        await _outbox.RescheduleAsync([under], s_ct); // to this moment
        (await _leases.TakeAsync(1, s_ct, s_ct)).Should().Equal([null]);

        var again = _leases.GiveBack(held, under)!;

        again.Lease.Token.Should().NotBe(under.Token);
        again.Interrupted.IsCancellationRequested.Should().BeFalse();
        _leases.Count.Should().Be(1);
        _leases.GiveBack(again, again.Lease).Should().BeNull();
        _leases.Count.Should().Be(0);
        (await _outbox.CompleteAsync([again.Lease], s_ct)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_machine_that_slept_asks_whose_its_mail_is_O11(bool isTaken)
    {
        var held = await TakeAsync();

        _machine.Sleep(TimeSpan.FromMinutes(10));
        if (isTaken)
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            (await _outbox.LeaseAsync("default", 1, s_lease, s_ct)).Should().ContainSingle();
        }

        (await _leases.IsHeldAsync(held, s_ct)).Should().Be(!isTaken, "somebody may also have moved the clock of this machine");
        held.Interrupted.IsCancellationRequested.Should().Be(isTaken);
        _leases.GiveBack(held, held.Lease);
    }

    private async Task<HeldLease> TakeAsync()
    {
        var now = _clock.GetUtcNow();
        var message = Some.Email() with { To = ["ada@example.com", "grace@example.com"] };
        await _outbox.AddAsync([new OutboxEntry { Id = MailId.New(now), StreamName = "default", Message = message, AcceptedAt = now, DueAt = now, Recipients = message.To }], s_ct);
        return (await _leases.TakeAsync(1, s_ct, s_ct))[0]!;
    }

    /// <summary>A machine whose elapsed time stands still while it sleeps, as on Linux and macOS.</summary>
    private sealed class SleepyClock : TimeProvider
    {
        private DateTimeOffset _now = Some.Clock().GetUtcNow();

        public void Sleep(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => 0;
    }
}
