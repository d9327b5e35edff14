using Microsoft.Extensions.Logging.Abstractions;
using TransactionalMail.Outbox;

namespace TransactionalMail.Tests.Outbox;

public sealed class HeldLeasesTests
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_mail_that_is_leased_anew_is_what_somebody_else_has_left_of_it_O11()
    {
        var ct = TestContext.Current.CancellationToken;
        var clock = Some.Clock();
        var outbox = SomeOutbox.InMemory(10, clock);
        var now = clock.GetUtcNow();
        var message = Some.Email() with { To = ["ada@example.com", "grace@example.com"] };
        await outbox.AddAsync([new OutboxEntry { Id = MailId.New(now), StreamName = "default", Message = message, AcceptedAt = now, DueAt = now, Recipients = message.To }], ct);
        var leases = new HeldLeases(outbox, "default", s_lease, clock, NullLogger.Instance);
        var held = (await leases.TakeAsync(1, ct, ct))[0]!;

        clock.Advance(s_lease);
        var theirs = (await outbox.LeaseAsync("default", 1, s_lease, ct))[0];
        await outbox.RescheduleAsync([theirs with { Entry = theirs.Entry with { Recipients = ["grace@example.com"], Attempts = 1 } }], ct);
        (await leases.TakeAsync(1, ct, ct)).Should().Equal([null], "it is in hand already");

        held.Lease.Entry.Recipients.Should().Equal("grace@example.com");
        held.Lease.Entry.Attempts.Should().Be(1);
        leases.GiveBack(held);
    }
}
