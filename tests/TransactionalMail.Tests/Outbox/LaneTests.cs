using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Outbox;

public class LaneTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private static void PrimaryOnly(MailStreamOptions stream) => stream.Transports.Add("primary");

    [Fact]
    public async Task Tries_for_hours_with_growing_waits_then_gives_up_and_says_so()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly, Limits = l => l.FailureThreshold = 1000 };
        lab.Primary.Fails(TransportFailure.Network, times: 1000);
        var mailer = await lab.StartAsync();

        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1, TimeSpan.FromMinutes(1));

        var times = lab.Primary.Attempts.ConvertAll(a => a.At);
        var waits = times.Skip(1).Zip(times, (later, earlier) => later - earlier).ToArray();
        waits[0].Should().BeLessThan(TimeSpan.FromMinutes(10));
        waits.Max().Should().BeGreaterThan(TimeSpan.FromHours(1)).And.BeLessThan(TimeSpan.FromHours(3), "the clock of this test may run ahead of a busy machine");
        (times[^1] - times[0]).Should().BeCloseTo(TimeSpan.FromDays(1), TimeSpan.FromHours(1));
        times.Count.Should().BeInRange(15, 40);
        var dead = DeadLetters(lab)[0];
        dead.Id.Should().Be(id);
        dead.LastFailure.Should().Contain("primary").And.NotContain("ada@");
        lab.Logs.GetSnapshot().Should().ContainSingle(l => l.Level == LogLevel.Error && l.Id.Id == 111);
    }

    [Fact]
    public async Task Waits_its_longest_however_often_it_has_tried()
    {
        using var lab = new DeliveryLab { Stream = s => { PrimaryOnly(s); (s.Queue.Delay, s.Queue.GiveUpAfter) = (TimeSpan.FromHours(1), TimeSpan.FromDays(3)); }, Limits = l => l.FailureThreshold = 1000 };
        lab.Primary.Fails(TransportFailure.Network, times: 1000);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1, TimeSpan.FromMinutes(1));

        lab.Primary.Attempts.Zip(lab.Primary.Attempts.Skip(1), static (earlier, later) => later.At - earlier.At).SkipLast(1).Should().OnlyContain(wait => wait >= TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_mail_may_be_tried_for_ever()
    {
        using var lab = new DeliveryLab { Stream = s => { PrimaryOnly(s); s.Queue.GiveUpAfter = TimeSpan.MaxValue; } };
        lab.Primary.Fails(TransportFailure.Network);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 2);

        (lab.Primary.Attempts[1].At - lab.Primary.Attempts[0].At).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_wait_beyond_the_calendar_ends_with_the_mail()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Fails(TransportFailure.Throttled, TimeSpan.MaxValue);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1 && InDelivery(lab) == 0); // or a long step would leap over its lease
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 2, TimeSpan.FromMinutes(10));

        (lab.Primary.Attempts[1].At - lab.Primary.Attempts[0].At).Should().BeGreaterThan(TimeSpan.FromHours(23));
    }

    [Fact]
    public async Task A_dead_letter_is_delivered_when_somebody_retries_it()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Fails(TransportFailure.MessageRejected);
        var mailer = await lab.StartAsync();
        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1);

        (await lab.Services.GetRequiredService<IOutboxAdmin>().RetryAsync(id, s_ct)).Should().BeTrue();

        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 2);
        await lab.UntilAsync(() => Left(lab) == 0);
        DeadLetters(lab).Should().BeEmpty();
    }

    [Fact]
    public async Task Tries_again_only_for_the_recipients_who_are_left()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Answers(r => r.Address == "grace@example.com" ? RecipientStatus.Deferred : RecipientStatus.Accepted);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email("ada@example.com", "grace@example.com"), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 2);

        lab.Primary.Attempts[1].Recipients.Should().Equal("grace@example.com");
        await lab.UntilAsync(() => Left(lab) == 0);
    }

    [Fact]
    public async Task A_mail_in_doubt_stays_with_its_transport_across_runs()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Network, mayHaveBeenAccepted: true).Fails(TransportFailure.Unavailable).Fails(TransportFailure.Timeout);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 4);

        lab.Primary.Attempts.Select(a => a.MessageId).Distinct().Should().ContainSingle();
        lab.Backup.Attempts.Should().BeEmpty();
        await lab.UntilAsync(() => Left(lab) == 0);
        DeadLetters(lab).Should().BeEmpty();
    }

    [Fact]
    public async Task A_mail_in_doubt_that_its_transport_then_refuses_is_given_up_and_stays_in_doubt()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Network, mayHaveBeenAccepted: true).Fails(TransportFailure.MessageTooLarge, times: 10);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1);

        lab.Primary.Attempts.Should().HaveCount(2);
        lab.Backup.Attempts.Should().BeEmpty();
    }

    [Theory]
    [InlineData(TransportFailure.Authentication)]
    [InlineData(TransportFailure.SenderRejected)]
    [InlineData(TransportFailure.QuotaExceeded)]
    [InlineData(TransportFailure.Tls)]
    public async Task A_transport_at_fault_never_costs_a_mail(TransportFailure failure)
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Fails(failure, times: 3);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 4, TimeSpan.FromSeconds(1));

        await lab.UntilAsync(() => Left(lab) == 0);
        DeadLetters(lab).Should().BeEmpty();
    }

    [Fact]
    public async Task Gives_up_at_once_what_no_transport_can_ever_carry()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email() with { TrackOpens = true }, s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1);

        DeadLetters(lab)[0].LastFailure.Should().Contain("OpenTracking");
        lab.Primary.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task Gives_up_a_mail_that_every_recipient_refused_and_names_who_is_left()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Answers(_ => RecipientStatus.Rejected);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email("nobody@example.com"), s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1);

        DeadLetters(lab)[0].Recipients.Should().Equal("nobody@example.com");
        DeadLetters(lab)[0].LastFailure.Should().Contain("Rejected by primary");
    }

    [Fact]
    public async Task A_one_time_code_dies_rather_than_arriving_late()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Fails(TransportFailure.Network, times: 100);
        var mailer = await lab.StartAsync();
        var end = lab.Clock.GetUtcNow().AddMinutes(10);

        await mailer.EnqueueAsync(Some.Email() with { NotAfter = end }, s_ct);
        await lab.UntilAsync(() => DeadLetters(lab).Length == 1, TimeSpan.FromSeconds(10));

        lab.Primary.Attempts.Should().OnlyContain(a => a.At <= end.AddMinutes(5), "the clock of this test may run ahead of a busy machine");
        lab.Clock.GetUtcNow().Should().BeBefore(end.AddHours(1));
    }

    [Fact]
    public async Task An_unforeseen_error_is_logged_without_its_text_and_tried_again()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Does((_, _) => throw new NotSupportedException("ada@example.com"));
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 2);

        lab.Logs.GetSnapshot().Where(l => l.Level >= LogLevel.Information).Should().Contain(l => l.Id.Id == 114)
            .And.NotContain(l => l.Message.Contains("ada@") || (l.Exception != null && l.Exception.Message.Contains("ada@")));
    }

    [Fact]
    public async Task Errors_that_nobody_foresaw_are_tried_again_less_and_less_often()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        for (var i = 0; i < 6; i++) lab.Primary.Does((_, _) => throw new NotSupportedException());
        var mailer = await lab.StartAsync();
        var start = lab.Clock.GetUtcNow();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 7, TimeSpan.FromSeconds(1));

        (lab.Clock.GetUtcNow() - start).Should().BeGreaterThan(TimeSpan.FromSeconds(5 * (1 + 2 + 4 + 8 + 16)), "each wait is twice the one before");
    }

    [Fact]
    public async Task Waiting_for_a_transport_that_is_left_alone_is_neither_an_attempt_nor_news()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Fails(TransportFailure.Throttled, TimeSpan.FromMinutes(10));
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => Left(lab) == 0, TimeSpan.FromSeconds(1));

        lab.Primary.Attempts.Should().HaveCount(3);
        lab.Logs.GetSnapshot().Count(l => l.Id.Id == 110).Should().Be(1);
    }

    [Fact]
    public async Task A_provider_that_is_down_for_an_hour_is_asked_seldom_and_nothing_is_lost_Q02()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        var start = lab.Clock.GetUtcNow();
        var end = start.AddHours(1);
        for (var i = 0; i < 500; i++)
        {
            lab.Primary.Does((mail, _) => lab.Clock.GetUtcNow() < end
                ? throw new MailTransportException(TransportFailure.Network, "primary", "Down.")
                : Task.FromResult(TransportReceipt.Accepted(mail, "primary")));
        }

        var mailer = await lab.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 1000; i++) ids.Add((await mailer.EnqueueAsync(Some.Email(), s_ct)).Value.ToString("N"));

        await lab.UntilAsync(() => lab.Clock.GetUtcNow() >= end, TimeSpan.FromSeconds(5));
        var during = lab.Primary.Attempts.Count;
        await lab.UntilAsync(() => Left(lab) == 0, TimeSpan.FromSeconds(5));

        during.Should().BeLessThan(60, "the circuit lets one mail try at a time");
        var delivered = lab.Primary.Attempts.Skip(during).Select(a => a.MessageId[..32]).ToArray();
        delivered.Distinct().Should().HaveCount(1000);
        DeadLetters(lab).Should().BeEmpty();
    }

    [Fact]
    public async Task Stopping_finishes_what_is_due_and_reports_what_is_left()
    {
        using var lab = new DeliveryLab { Stream = s => { PrimaryOnly(s); s.Queue.Workers = 2; } };
        var mailer = await lab.StartAsync();
        for (var i = 0; i < 50; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        await mailer.EnqueueAsync(Some.Email() with { NotBefore = lab.Clock.GetUtcNow().AddHours(1) }, s_ct);

        await lab.StopAsync();

        lab.Primary.Attempts.Should().HaveCount(50);
        lab.Logs.GetSnapshot().Should().ContainSingle(l => l.Id.Id == 116).Which.Message.Should().StartWith("1 mails");
        var late = () => mailer.EnqueueAsync(Some.Email(), s_ct);
        await late.Should().ThrowAsync<InvalidOperationException>().WithMessage("*stopping*");
    }

    [Fact]
    public async Task A_mail_that_waits_for_room_while_the_application_stops_is_refused_rather_than_left_behind()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly, Options = static o => o.Outbox.Capacity = 1 };
        using var block = Block(lab, 1);
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
        var waiting = mailer.EnqueueAsync(Some.Email(), s_ct);

        var stopping = lab.StopAsync();
        block.Dispose();
        await lab.UntilAsync(() => stopping.IsCompleted, TimeSpan.FromMilliseconds(10));

        var late = () => waiting;
        await late.Should().ThrowAsync<InvalidOperationException>().WithMessage("*stopping*");
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task Stopping_twice_or_after_the_end_is_harmless()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);

        await Task.WhenAll(lab.StopAsync(), lab.StopAsync());
        var services = lab.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().ToArray();
        lab.Dispose();
        foreach (var service in services) await service.StopAsync(s_ct);

        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task A_container_that_is_disposed_finishes_what_is_in_hand_whoever_asked_it_for_the_outbox_last()
    {
        var lab = new DeliveryLab { Stream = PrimaryOnly };
        using var block = Block(lab, 1);
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
        var engine = lab.Services.GetRequiredService<OutboxEngine>();
        lab.Services.GetRequiredService<IOutboxAdmin>();

        var disposing = Task.Run(lab.Dispose, s_ct);
        await lab.UntilAsync(() => IsStopping(engine), TimeSpan.Zero);
        block.Dispose();
        await disposing.WaitAsync(TimeSpan.FromSeconds(30), s_ct);

        lab.Logs.GetSnapshot().Should().NotContain(l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Stopping_ends_within_its_limit_whatever_hangs()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        var reached = new TaskCompletionSource();
        lab.Primary.Does(async (_, token) =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException();
        });
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await reached.Task;

        var begun = lab.Clock.GetUtcNow();
        var stopping = lab.StopAsync();
        await lab.UntilAsync(() => stopping.IsCompleted);

        (lab.Clock.GetUtcNow() - begun).Should().BeLessThan(TimeSpan.FromSeconds(22));
        lab.Logs.GetSnapshot().Should().Contain(l => l.Id.Id == 116);
    }

    [Fact]
    public async Task A_store_that_fails_after_the_mail_went_out_does_not_send_it_twice()
    {
        var store = new FlakyOutbox(failures: 5);
        using var lab = new DeliveryLab { Stream = PrimaryOnly, Configure = mail => mail.Services.AddSingleton<IMailOutbox>(store).AddSingleton<IOutboxAdmin>(s => s.GetRequiredService<InMemoryOutbox>()) };
        store.Inner = lab.Services.GetRequiredService<InMemoryOutbox>();
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => store.Completed == 1);

        await lab.UntilAsync(() => Left(lab) == 0);
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task A_delivery_that_takes_long_keeps_its_lease()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        var released = new TaskCompletionSource();
        lab.Primary.Does(async (mail, _) =>
        {
            await released.Task;
            return TransportReceipt.Accepted(mail, "primary");
        });
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        var end = lab.Clock.GetUtcNow().AddMinutes(6);
        await lab.UntilAsync(() => lab.Clock.GetUtcNow() > end, TimeSpan.FromSeconds(1));
        released.SetResult();
        await lab.UntilAsync(() => Left(lab) == 0);

        lab.Primary.Attempts.Should().ContainSingle();
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 112);
    }

    [Fact]
    public async Task A_fast_stream_asks_the_outbox_seldom_and_marks_together()
    {
        using var lab = Durable(out var store);
        var mailer = await lab.StartAsync();
        store.IsClosed = true;
        for (var i = 0; i < 2_000; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        store.IsClosed = false;

        await lab.UntilAsync(() => Left(lab) == 0);

        lab.Primary.Attempts.Should().HaveCount(2_000);
        store.Leased.Count.Should().BeLessThan(100, "it reaches ahead");
        store.Leased.Max().Should().BeGreaterThan(100);
        store.Marked.Sum().Should().Be(2_000);
        store.Marked.Should().OnlyContain(marked => marked <= 4, "no more mails than there are workers are sent and unmarked");
    }

    [Fact]
    public async Task A_backlog_is_asked_for_while_its_mails_are_still_being_read_and_goes_out_in_order()
    {
        using var lab = Durable(out var store, static stream => stream.Queue.Workers = 1);
        var mailer = await lab.StartAsync();
        store.IsClosed = true;
        for (var i = 0; i < 2_000; i++) await mailer.EnqueueAsync(Some.Email() with { To = [$"customer{i}@shop.example"] }, s_ct);
        var looks = 0;
        store.Reading = () => Interlocked.Increment(ref looks) % 2 == 0 ? Task.CompletedTask : Task.Delay(20, s_ct); // the later one is read first
        store.IsClosed = false;

        await lab.UntilAsync(() => Left(lab) == 0);

        store.MostLooks.Should().Be(2);
        lab.Primary.Attempts.Select(static a => a.Recipients.Single()).Should().Equal(Enumerable.Range(0, 2_000).Select(static i => $"customer{i}@shop.example"));
    }

    [Fact]
    public async Task A_slow_stream_leaves_the_rest_to_others()
    {
        using var lab = Durable(out var store);
        using var block = Block(lab, 4);
        var mailer = await lab.StartAsync();
        for (var i = 0; i < 100; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 4);

        (await store.Inner.LeaseAsync("default", 1_000, TimeSpan.FromMinutes(1), s_ct)).Should().HaveCountGreaterThanOrEqualTo(100 - 4 - 4);
    }

    [Fact]
    public async Task Stopping_gives_what_nobody_began_back_at_once_O12()
    {
        using var lab = Durable(out var store);
        var mailer = await lab.StartAsync();
        store.IsClosed = true;
        for (var i = 0; i < 2_000; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        Blocked? block = null;
        lab.Primary.OnAttempt = attempts => block = attempts == 500 ? Block(lab, 4) : block;
        store.IsClosed = false;
        await lab.UntilAsync(() => lab.Primary.Attempts.Count >= 503);
        InDelivery(lab).Should().BeGreaterThan(10);

        var stopping = lab.StopAsync();
        await lab.UntilAsync(() => InDelivery(lab) == 4, TimeSpan.FromMilliseconds(10));
        stopping.IsCompleted.Should().BeFalse("what is under way is finished");
        block!.Dispose();
        await lab.UntilAsync(() => stopping.IsCompleted, TimeSpan.FromMilliseconds(10));

        lab.Primary.Attempts.Should().HaveCount(503);
        (await store.Inner.LeaseAsync("default", 10_000, TimeSpan.FromMinutes(1), s_ct)).Should().HaveCount(2_000 - 503);
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 112);
    }

    [Fact]
    public async Task A_mail_in_hand_is_not_sent_again_when_a_clock_jumps_O08()
    {
        using var lab = Durable(out var store);
        using var block = Block(lab, 1);
        store.ForgetsRenewals = true; // the clock jumps before the next one
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        lab.Clock.Advance(TimeSpan.FromHours(6)); // every lease seems to have ended
        await lab.UntilAsync(() => store.Leased.Count >= 2);
        block.Dispose();
        await lab.UntilAsync(() => Left(lab) == 0);

        lab.Primary.Attempts.Should().ContainSingle();
        DeadLetters(lab).Should().BeEmpty();
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 112, "the later lease is the one that is marked");
    }

    [Fact]
    public async Task A_mail_is_not_sent_again_when_its_lease_is_taken_anew_as_its_mark_is_stored_O08()
    {
        using var lab = Durable(out var store);
        using var block = Block(lab, 1);
        store.ForgetsRenewals = true; // this process stands still for longer than its leases last
        var reading = await LeaseAnewAsync(lab, store);

        block.Dispose();
        await lab.UntilAsync(() => store.Marked.Count >= 1, TimeSpan.Zero);
        reading.SetResult(); // only now is the new lease in hand
        await lab.UntilAsync(() => Left(lab) == 0);

        lab.Primary.Attempts.Should().ContainSingle();
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 112, "this process had it all the time");
    }

    [Fact]
    public async Task A_delivery_is_not_interrupted_while_this_process_takes_the_mail_anew_O08()
    {
        using var lab = Durable(out var store);
        using var block = new Blocked();
        lab.Primary.Does(async (mail, interrupted) =>
        {
            await block.Ended.WaitAsync(interrupted);
            return TransportReceipt.Accepted(mail, "primary");
        });
        store.IsAway = true;
        var reading = await LeaseAnewAsync(lab, store);

        store.IsAway = false;
        await lab.UntilAsync(() => store.Lost >= 1); // the old lease, as the new one is not in hand
        reading.SetResult();
        await lab.UntilAsync(() => store.Renewed >= 1);
        block.Dispose();
        await lab.UntilAsync(() => Left(lab) == 0);

        lab.Primary.Attempts.Should().ContainSingle();
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 112);
    }

    [Fact]
    public async Task Mail_leased_ahead_is_left_to_others_when_its_lease_has_ended_O11()
    {
        using var lab = Durable(out var store);
        var mailer = await lab.StartAsync();
        store.IsClosed = true;
        for (var i = 0; i < 1_000; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        Blocked? block = null;
        lab.Primary.OnAttempt = attempts => block = attempts == 500 ? Block(lab, 4) : block;
        store.IsClosed = false;
        await lab.UntilAsync(() => lab.Primary.Attempts.Count >= 503);

        (store.IsClosed, store.IsAway) = (true, true); // this process is cut off, or stands still, for longer than its leases last
        lab.Clock.Advance(TimeSpan.FromMinutes(10));
        (await store.Inner.LeaseAsync("default", 1_000, TimeSpan.FromHours(1), s_ct)).Should().HaveCount(501, "another process takes them all");
        (store.IsClosed, store.IsAway) = (false, false);
        block!.Dispose();
        var last = await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Exists(a => a.MessageId.StartsWith(last.Value.ToString("N"), StringComparison.Ordinal)), TimeSpan.FromMilliseconds(10));

        lab.Primary.Attempts.Should().HaveCount(504, "the other process sends what waited here");
    }

    [Fact]
    public async Task No_more_is_leased_ahead_than_the_outbox_gives_at_once()
    {
        using var lab = Durable(out var store);
        var mailer = await lab.StartAsync();
        store.IsClosed = true;
        for (var i = 0; i < 1_000; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        store.IsClosed = false;
        await lab.UntilAsync(() => Left(lab) == 0);
        store.Leased.Max().Should().BeGreaterThan(100, "small mails are leased far ahead");

        store.Most = 3; // as of large ones
        using var block = Block(lab, 4);
        for (var i = 0; i < 200; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1_004);
        await lab.UntilAsync(() => InDelivery(lab) >= 4);

        InDelivery(lab).Should().BeLessThan(16);
        block.Dispose();
        await lab.UntilAsync(() => Left(lab) == 0);
    }

    [Fact]
    public async Task One_mail_that_cannot_be_marked_does_not_keep_the_others()
    {
        using var lab = Durable(out var store);
        using var block = Block(lab, 4);
        var mailer = await lab.StartAsync();
        MailId[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => mailer.EnqueueAsync(Some.Email(), s_ct)))];
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 4);
        store.Unmarkable = ids[0];
        block.Dispose();

        await lab.UntilAsync(() => Left(lab) == 1);
        (await lab.Services.GetRequiredService<IOutboxAdmin>().FindAsync(ids[0], s_ct)).Should().NotBeNull();
        store.Unmarkable = default;
        await lab.UntilAsync(() => Left(lab) == 0);

        lab.Primary.Attempts.Should().HaveCount(4);
    }

    private static DeliveryLab Durable(out WatchedOutbox store, Action<MailStreamOptions>? stream = null)
    {
        var watched = store = new WatchedOutbox();
        var lab = new DeliveryLab { Stream = PrimaryOnly + stream, Configure = mail => mail.Services.AddSingleton<IMailOutbox>(watched).AddSingleton<IOutboxAdmin>(s => s.GetRequiredService<InMemoryOutbox>()) };
        store.Inner = lab.Services.GetRequiredService<InMemoryOutbox>();
        return lab;
    }

    /// <summary>Brings a mail into delivery, then has its lease end and be taken anew. The new one is not in hand until what is returned is set.</summary>
    private static async Task<TaskCompletionSource> LeaseAnewAsync(DeliveryLab lab, WatchedOutbox store)
    {
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Reading = () => reading.Task;
        lab.Clock.Advance(TimeSpan.FromHours(6));
        await lab.UntilAsync(() => store.Leased.Count >= 2, TimeSpan.Zero);
        return reading;
    }

    private static bool IsStopping(OutboxEngine engine)
    {
        try
        {
            engine.RequireDelivery();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>Holds the next attempts until it is disposed.</summary>
    private static Blocked Block(DeliveryLab lab, int attempts)
    {
        var block = new Blocked();
        for (var i = 0; i < attempts; i++)
        {
            lab.Primary.Does(async (mail, _) =>
            {
                await block.Ended;
                return TransportReceipt.Accepted(mail, "primary");
            });
        }

        return block;
    }

    private static OutboxEntry[] DeadLetters(DeliveryLab lab) =>
        lab.Services.GetRequiredService<IOutboxAdmin>().ReadDeadLettersAsync(s_ct).ToBlockingEnumerable(s_ct).ToArray();

    private static int Left(DeliveryLab lab) => Depths(lab).Sum(static d => d.Waiting + d.InDelivery);

    private static int InDelivery(DeliveryLab lab) => Depths(lab).Sum(static d => d.InDelivery);

    private static IReadOnlyList<OutboxDepth> Depths(DeliveryLab lab) => lab.Services.GetRequiredService<IOutboxAdmin>().GetDepthsAsync(s_ct).AsTask().GetAwaiter().GetResult();

    /// <summary>Fails when something is to be completed, as a database that is away.</summary>
    private sealed class FlakyOutbox(int failures) : IMailOutbox
    {
        private int _failures = failures;

        public InMemoryOutbox Inner { get; set; } = null!;

        public int Completed { get; private set; }

        public bool IsDurable => Inner.IsDurable;

        public ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken) => Inner.AddAsync(entries, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken) => Inner.LeaseAsync(streamName, count, duration, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken) => Inner.RenewAsync(leases, duration, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
        {
            if (Interlocked.Decrement(ref _failures) >= 0) throw new IOException("The database is away.");
            Completed++;
            return Inner.CompleteAsync(leases, cancellationToken);
        }

        public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => Inner.RescheduleAsync(leases, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => Inner.DeadLetterAsync(leases, cancellationToken);
    }

    /// <summary>An outbox that counts what it is asked, and calls itself durable.</summary>
    private sealed class WatchedOutbox : IMailOutbox
    {
        private readonly Lock _lock = new();
        private readonly List<int> _leased = [];
        private readonly List<int> _marked = [];
        private int _looks;

        public InMemoryOutbox Inner { get; set; } = null!;

        /// <summary>Gets or sets whether it leases nothing, for now.</summary>
        public volatile bool IsClosed;

        /// <summary>Gets or sets how many mails it leases at once at most.</summary>
        public int Most { get; set; } = int.MaxValue;

        /// <summary>Gets or sets how long it takes to read what is leased.</summary>
        public Func<Task> Reading { get; set; } = static () => Task.CompletedTask;

        /// <summary>Gets how many looks there were at once.</summary>
        public int MostLooks { get; private set; }

        /// <summary>Gets or sets whether leases end although they were renewed.</summary>
        public bool ForgetsRenewals { get; set; }

        /// <summary>Gets or sets whether nothing can be renewed, for now.</summary>
        public volatile bool IsAway;

        /// <summary>Gets how often leases were renewed.</summary>
        public int Renewed { get; private set; }

        /// <summary>Gets how often leases could not be renewed, as others have them.</summary>
        public int Lost { get; private set; }

        /// <summary>Gets or sets the mail whose mark fails.</summary>
        public MailId Unmarkable { get; set; }

        public bool IsDurable => true;

        public IReadOnlyList<int> Leased
        {
            get
            {
                lock (_lock) return [.. _leased];
            }
        }

        public IReadOnlyList<int> Marked
        {
            get
            {
                lock (_lock) return [.. _marked];
            }
        }

        public ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken) => Inner.AddAsync(entries, cancellationToken);

        public async ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken)
        {
            if (IsClosed) return [];
            lock (_lock) MostLooks = Math.Max(MostLooks, ++_looks);
            var leases = await Inner.LeaseAsync(streamName, Math.Min(count, Most), duration, cancellationToken);
            if (leases.Count > 0) lock (_lock) _leased.Add(leases.Count);
            if (leases.Count > 0) await Reading();
            lock (_lock) _looks--;
            return leases;
        }

        public async ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken)
        {
            if (IsAway) throw new IOException("The database is away.");
            if (ForgetsRenewals) return [];
            var lost = await Inner.RenewAsync(leases, duration, cancellationToken);
            lock (_lock) (Renewed, Lost) = (Renewed + leases.Count - lost.Count, Lost + lost.Count);
            return lost;
        }

        public ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken)
        {
            if (leases.Any(l => l.Entry.Id == Unmarkable)) throw new IOException("This one cannot be marked.");
            lock (_lock) _marked.Add(leases.Count);
            return Inner.CompleteAsync(leases, cancellationToken);
        }

        public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => Inner.RescheduleAsync(leases, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => Inner.DeadLetterAsync(leases, cancellationToken);
    }
}
