using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Outbox;

public class StopTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    /// <summary>The limit, and a few seconds.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(20 + 8);

    [Fact]
    public async Task A_transport_that_nobody_can_cancel_is_left_behind()
    {
        using var lab = new DeliveryLab { Stream = static stream => stream.Transports.Add("primary") };
        using var hang = Hang(lab);
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        (await StopAsync(lab)).Should().BeLessThan(s_most);

        lab.Logs.GetSnapshot().Should().Contain(l => l.Id.Id == 122);
        lab.Logs.GetSnapshot().Should().ContainSingle(l => l.Id.Id == 116, "the outbox in memory is lost with the process");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_that_hangs_while_mails_are_marked_is_left_behind(bool canBeCancelled)
    {
        using var lab = HookedOutbox.Lab(out var store);
        using var hang = new Blocked();
        store.Marking = token => hang.Ended.WaitAsync(canBeCancelled ? token : CancellationToken.None);
        lab.Primary.Fails(TransportFailure.MessageRejected); // so that there are two kinds of marks
        var mailer = await lab.StartAsync();
        for (var i = 0; i < 4; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 4 && store.Marks > 0);

        (await StopAsync(lab)).Should().BeLessThan(s_most);

        (await store.CountAsync()).Should().Be(4, "they are left to their leases");
        lab.Logs.GetSnapshot().Count(l => l.Id.Id == 122).Should().Be(canBeCancelled ? 0 : 1);
    }

    [Fact]
    public async Task A_mark_that_is_being_stored_at_the_limit_is_stored()
    {
        using var lab = HookedOutbox.Lab(out var store);
        using var slow = new Blocked();
        store.Marking = slow.Ended.WaitAsync;
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => store.Marks == 1);

        var limit = lab.Clock.GetUtcNow().AddSeconds(20);
        var stopping = lab.StopAsync();
        await lab.UntilAsync(() => lab.Clock.GetUtcNow() > limit, TimeSpan.FromMilliseconds(100));
        slow.Dispose();
        await lab.UntilAsync(() => stopping.IsCompleted, TimeSpan.Zero);

        (await store.CountAsync()).Should().Be(0);
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 113);
    }

    [Fact]
    public async Task A_delivery_that_is_interrupted_at_the_limit_is_given_back()
    {
        using var lab = HookedOutbox.Lab(out var store);
        lab.Primary.Does(static async (_, interrupted) =>
        {
            await Task.Delay(Timeout.Infinite, interrupted);
            throw new InvalidOperationException();
        });
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        (await StopAsync(lab)).Should().BeLessThan(s_most);

        (await lab.Services.GetRequiredService<InMemoryOutbox>().LeaseAsync("default", 1, TimeSpan.FromMinutes(1), s_ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task No_mark_begins_once_the_outbox_has_stopped()
    {
        using var lab = HookedOutbox.Lab(out var store);
        using var hang = Hang(lab);
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
        (await StopAsync(lab)).Should().BeLessThan(s_most);

        hang.Dispose();
        await lab.UntilAsync(() => lab.Logs.GetSnapshot().Any(l => l.Id.Id == 100));

        store.Marks.Should().Be(0, "what it would need is being disposed");
    }

    [Fact]
    public async Task A_database_that_hangs_as_mail_is_leased_is_left_behind()
    {
        using var lab = HookedOutbox.Lab(out var store);
        using var hang = new Blocked();
        var asked = 0;
        store.Leasing = _ =>
        {
            asked++;
            return hang.Ended;
        };
        await lab.StartAsync();
        await lab.UntilAsync(() => asked == 1, TimeSpan.Zero);

        (await StopAsync(lab)).Should().BeLessThan(s_most);
    }

    [Fact]
    public async Task A_database_that_does_not_tell_what_is_left_is_not_waited_for()
    {
        var status = new HangingStatus();
        using var lab = HookedOutbox.Lab(out _, mail => mail.Services.AddSingleton<IMailStatus>(status));
        using var hang = status.Hang;
        await lab.StartAsync();
        await lab.UntilAsync(() => status.Looks == 1, TimeSpan.Zero);

        (await StopAsync(lab)).Should().BeLessThan(TimeSpan.FromSeconds(5));

        lab.Logs.GetSnapshot().Should().ContainSingle(l => l.Id.Id == 118);
    }

    private static async Task<TimeSpan> StopAsync(DeliveryLab lab)
    {
        var begun = lab.Clock.GetUtcNow();
        var stopping = lab.StopAsync();
        await lab.UntilAsync(() => stopping.IsCompleted, TimeSpan.FromMilliseconds(100));
        await stopping;
        return lab.Clock.GetUtcNow() - begun;
    }

    /// <summary>Makes the next attempt hang, whatever it is told.</summary>
    private static Blocked Hang(DeliveryLab lab)
    {
        var hang = new Blocked();
        lab.Primary.Does(async (mail, _) =>
        {
            await hang.Ended;
            return TransportReceipt.Accepted(mail, "primary");
        });
        return hang;
    }

    /// <summary>Answers once.</summary>
    private sealed class HangingStatus : IMailStatus
    {
        public Blocked Hang { get; } = new();

        public int Looks { get; private set; }

        public IReadOnlyList<MailTransportStatus> GetTransports() => [];

        public async ValueTask<IReadOnlyList<OutboxDepth>> GetQueuesAsync(CancellationToken cancellationToken = default)
        {
            if (++Looks > 1) await Hang.Ended;
            return [];
        }
    }
}
