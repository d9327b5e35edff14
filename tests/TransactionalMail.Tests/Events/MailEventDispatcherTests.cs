using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using TransactionalMail.Events;

namespace TransactionalMail.Tests.Events;

public class MailEventDispatcherTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly IMailAudit _audit = Substitute.For<IMailAudit>();
    private readonly ISuppressionList _suppressions = Substitute.For<ISuppressionList>();
    private readonly IMailEventHandler _handler = Substitute.For<IMailEventHandler>();
    private readonly Gate _gate = new();

    [Fact]
    public async Task Tells_audit_first_then_suppression_list_then_handlers()
    {
        var order = new List<string>();
        await using var bench = Bench(_handler);
        await _audit.AppendAsync(Arg.Do<IReadOnlyList<MailEvent>>(_ => order.Add("audit")), Arg.Any<CancellationToken>());
        await _suppressions.AddAsync(Arg.Do<SuppressionEntry>(_ => order.Add("suppression")), Arg.Any<CancellationToken>());
        await _handler.HandleAsync(Arg.Do<MailEvent>(_ => order.Add("handler")), Arg.Any<CancellationToken>());

        await bench.PublishAsync(SomeEvent.HardBounce("ada@example.com"));
        await bench.FlushAsync();

        order.Should().Equal("audit", "suppression", "handler");
    }

    [Fact]
    public async Task Gives_the_audit_what_waits_in_one_batch()
    {
        await using var bench = Bench();
        var batches = new List<int>();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var open = new ManualResetEventSlim();
        await _audit.AppendAsync(Arg.Do<IReadOnlyList<MailEvent>>(e => batches.Add(e.Count)), Arg.Any<CancellationToken>());
        await _suppressions.AddAsync(
            Arg.Do<SuppressionEntry>(_ =>
            {
                entered.SetResult();
                open.Wait(s_ct);
            }),
            Arg.Any<CancellationToken>());

        await bench.PublishAsync(SomeEvent.HardBounce("ada@example.com"));
        await entered.Task;
        await bench.PublishAsync(SomeEvent.Accepted(), SomeEvent.Accepted());
        await bench.PublishAsync(SomeEvent.Accepted());
        open.Set();
        await bench.FlushAsync();

        batches.Should().Equal(1, 3);
    }

    [Fact]
    public async Task Keeps_the_order_of_each_mail_while_many_send()
    {
        _gate.Open();
        await using var bench = Bench(_gate);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var mail = 0; mail < 250; mail++)
            {
                var id = MailId.New(SomeEvent.Noon);
                for (var attempt = 1; attempt <= 4; attempt++) await bench.PublishAsync(SomeEvent.Accepted(id, attempt));
            }
        }, s_ct)));
        await bench.FlushAsync();

        _gate.Seen.Should().HaveCount(8_000);
        _gate.Seen.GroupBy(e => e.MailId).Should().OnlyContain(mail => mail.Select(e => e.Attempt).SequenceEqual(Enumerable.Range(1, 4)));
    }

    [Fact]
    public async Task A_handler_that_throws_stops_neither_other_handlers_nor_later_events()
    {
        var broken = Substitute.For<IMailEventHandler>();
        broken.HandleAsync(Arg.Any<MailEvent>(), Arg.Any<CancellationToken>()).ThrowsAsync(new TimeoutException());
        await using var bench = Bench(broken, _handler);

        await bench.PublishAsync(SomeEvent.Accepted());
        await bench.PublishAsync(SomeEvent.Accepted());
        await bench.FlushAsync();

        await _handler.Received(2).HandleAsync(Arg.Any<MailEvent>(), Arg.Any<CancellationToken>());
        bench.Failed("handler").Should().Be(2);
        bench.Logged(302).Should().Be(2);
    }

    [Fact]
    public async Task An_audit_that_throws_is_counted_and_suppression_list_and_handlers_go_on()
    {
        _audit.AppendAsync(Arg.Any<IReadOnlyList<MailEvent>>(), Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException());
        await using var bench = Bench(_handler);

        await bench.PublishAsync(SomeEvent.Accepted(), SomeEvent.HardBounce("grace@example.com"));
        await bench.FlushAsync();

        await _suppressions.Received(1).AddAsync(Arg.Any<SuppressionEntry>(), Arg.Any<CancellationToken>());
        await _handler.Received(2).HandleAsync(Arg.Any<MailEvent>(), Arg.Any<CancellationToken>());
        bench.Failed("audit").Should().Be(2);
        bench.Logged(300).Should().Be(1);
    }

    [Fact]
    public async Task A_suppression_list_that_throws_is_counted_and_handlers_go_on()
    {
        _suppressions.AddAsync(Arg.Any<SuppressionEntry>(), Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException());
        await using var bench = Bench(_handler);

        await bench.PublishAsync(SomeEvent.HardBounce("ada@example.com"));
        await bench.FlushAsync();

        await _handler.Received(1).HandleAsync(Arg.Any<MailEvent>(), Arg.Any<CancellationToken>());
        bench.Failed("suppression").Should().Be(1);
        bench.Logged(301).Should().Be(1);
    }

    [Fact]
    public async Task Nothing_personal_is_logged_above_Debug_whatever_fails_P02()
    {
        _audit.AppendAsync(Arg.Any<IReadOnlyList<MailEvent>>(), Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException("canary"));
        _suppressions.AddAsync(Arg.Any<SuppressionEntry>(), Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException("canary"));
        _handler.HandleAsync(Arg.Any<MailEvent>(), Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException("canary"));
        await using var bench = Bench(_handler);

        await bench.PublishAsync(SomeEvent.HardBounce("canary@example.com"), SomeEvent.HardBounce(null));
        await bench.FlushAsync();

        var logs = bench.Logs.GetSnapshot();
        logs.Select(r => r.Id.Id).Should().Contain([300, 301, 302, 306, 308]);
        logs.Where(r => r.Level > LogLevel.Debug).Should().NotContain(r => $"{r.Message} {r.Exception}".Contains("canary"));
    }

    [Fact]
    public async Task A_sender_waits_while_the_queue_is_full()
    {
        await using var bench = Bench(_gate);
        await bench.FillAsync(_gate);

        var publishing = bench.PublishAsync(SomeEvent.Accepted());

        publishing.IsCompleted.Should().BeFalse();
        _gate.Open();
        await publishing;
        await bench.FlushAsync();
        _gate.Seen.Should().HaveCount(MailEventDispatcher.Capacity + 1);
        bench.Logged(303).Should().Be(1);
    }

    [Fact]
    public async Task A_sender_waits_no_longer_than_the_limit_and_its_events_are_kept()
    {
        await using var bench = Bench(_gate);
        await bench.FillAsync(_gate);
        var last = SomeEvent.Accepted();

        var publishing = bench.PublishAsync(last);
        bench.Clock.Advance(MailEventDispatcher.LongestWait);

        await publishing;
        _gate.Open();
        await bench.FlushAsync();
        _gate.Seen.Should().HaveCount(MailEventDispatcher.Capacity + 1).And.EndWith(last);
    }

    [Fact]
    public async Task A_sender_that_gives_up_waiting_loses_no_event()
    {
        await using var bench = Bench(_gate);
        await bench.FillAsync(_gate);
        using var giveUp = new CancellationTokenSource();
        var last = SomeEvent.Accepted();

        var publishing = bench.Events.PublishAsync([last], giveUp.Token);
        await giveUp.CancelAsync();

        await publishing;
        _gate.Open();
        await bench.FlushAsync();
        _gate.Seen.Should().HaveCount(MailEventDispatcher.Capacity + 1).And.EndWith(last);
    }

    [Fact]
    public async Task A_place_that_was_never_taken_is_not_given_back()
    {
        var again = new Gate();
        var inUse = _gate;
        await using var bench = Bench(new Handler(e => Volatile.Read(ref inUse).HandleAsync(e, s_ct)));
        await bench.FillAsync(_gate);
        var beyond = bench.PublishAsync(SomeEvent.Accepted());
        bench.Clock.Advance(MailEventDispatcher.LongestWait);
        await beyond;
        _gate.Open();
        await bench.FlushAsync();

        Volatile.Write(ref inUse, again);
        await bench.FillAsync(again);

        var publishing = bench.PublishAsync(SomeEvent.Accepted());
        publishing.IsCompleted.Should().BeFalse();
        again.Open();
        await publishing;
    }

    [Fact]
    public async Task A_handler_that_causes_events_never_waits_for_itself()
    {
        var caused = 0;
        EventBench? bench = null;
        await using var _ = bench = Bench(_gate, new Handler(_ =>
            caused++ < MailEventDispatcher.Capacity ? bench!.Events.PublishAsync([SomeEvent.Accepted()], s_ct) : ValueTask.CompletedTask));
        await bench.FillAsync(_gate);

        _gate.Open();
        for (var seen = -1; seen != _gate.Seen.Count;)
        {
            seen = _gate.Seen.Count;
            await bench.FlushAsync();
        }

        _gate.Seen.Should().HaveCount(2 * MailEventDispatcher.Capacity);
    }

    [Fact]
    public async Task A_handler_that_waits_for_a_sender_who_waits_for_the_queue_is_set_free()
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = Bench(_gate, new Handler(_ => new ValueTask(sent.Task)));
        await bench.FillAsync(_gate);
        var publishing = bench.PublishAsync(SomeEvent.Accepted());
        _gate.Open();

        bench.Clock.Advance(MailEventDispatcher.LongestWait);
        await publishing;
        sent.SetResult();

        await bench.FlushAsync();
        _gate.Seen.Should().HaveCount(MailEventDispatcher.Capacity + 1);
    }

    [Fact]
    public async Task Handlers_do_not_inherit_the_activity_of_the_first_sender()
    {
        var inherited = new ConcurrentQueue<Activity?>();
        await using var bench = Bench(new Handler(_ =>
        {
            inherited.Enqueue(Activity.Current);
            return ValueTask.CompletedTask;
        }));

        using (new Activity("request").Start()) await bench.PublishAsync(SomeEvent.Accepted());
        await bench.FlushAsync();

        inherited.Should().Equal([null]);
    }

    [Fact]
    public async Task Records_what_is_queued_before_the_container_is_gone_and_says_that_no_handler_saw_it()
    {
        var bench = Bench(_gate);
        var recorded = 0;
        await _audit.AppendAsync(Arg.Do<IReadOnlyList<MailEvent>>(e => recorded += e.Count), Arg.Any<CancellationToken>());
        await bench.PublishAsync(SomeEvent.Accepted());
        await _gate.Entered;
        await bench.PublishAsync(SomeEvent.Accepted(), SomeEvent.Accepted());
        var logs = bench.Logs;

        var disposing = bench.DisposeAsync();
        _gate.Open();
        await disposing;

        recorded.Should().Be(3);
        _gate.Seen.Should().HaveCount(1);
        logs.GetSnapshot().Single(r => r.Id.Id == 304).Message.Should().StartWith("2 events");
    }

    [Fact]
    public async Task Gives_up_on_a_handler_that_does_not_end_and_says_how_many_events_were_left()
    {
        var bench = Bench(_gate);
        await bench.PublishAsync(SomeEvent.Accepted(), SomeEvent.Accepted());
        await bench.PublishAsync(SomeEvent.Accepted());
        await _gate.Entered;
        var logs = bench.Logs;

        var disposing = bench.Events.DisposeAsync();
        disposing.IsCompleted.Should().BeFalse();
        bench.Clock.Advance(MailEventDispatcher.LongestDrain);
        await disposing;

        logs.GetSnapshot().Single(r => r.Id.Id == 305).Message.Should().StartWith("3 events");
        bench.Failed("queue").Should().Be(3);
        _gate.Open();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Says_so_when_an_event_comes_too_late()
    {
        var bench = Bench(_handler);
        await bench.Events.DisposeAsync();

        await bench.PublishAsync(SomeEvent.Accepted());
        await bench.FlushAsync();

        bench.Logged(307).Should().Be(1);
        bench.Failed("queue").Should().Be(1);
        await bench.DisposeAsync();
    }

    [Fact]
    public void Disposing_the_container_synchronously_is_fine()
    {
        using var provider = Some.Services(mail => mail.AddSmtp(smtp => smtp.Host = "relay.example")).BuildServiceProvider();
        provider.GetRequiredService<MailEventDispatcher>().PublishAsync([SomeEvent.Accepted()], s_ct).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        provider.Dispose();
    }

    [Fact]
    public async Task Flushing_an_empty_queue_returns()
    {
        await using var bench = Bench();

        await bench.FlushAsync();
        await bench.Events.PublishAsync([], s_ct);
        await bench.FlushAsync();

        await _audit.DidNotReceive().AppendAsync(Arg.Any<IReadOnlyList<MailEvent>>(), Arg.Any<CancellationToken>());
    }

    private EventBench Bench(params IMailEventHandler[] handlers) => new(mail =>
    {
        mail.Services.AddSingleton(_audit).AddSingleton(_suppressions);
        foreach (var handler in handlers) mail.Services.AddSingleton(handler);
    });
}
