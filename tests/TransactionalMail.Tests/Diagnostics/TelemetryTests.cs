using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Delivery;

namespace TransactionalMail.Tests.Diagnostics;

public class TelemetryTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_and_times_what_is_sent_failed_and_retried()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary"), Configure = mail => mail.Services.AddMetrics() };
        using var sent = Collect<long>(lab, "transactionalmail.sent");
        using var failed = Collect<long>(lab, "transactionalmail.failed");
        using var retried = Collect<long>(lab, "transactionalmail.retried");
        using var attempts = Collect<double>(lab, "transactionalmail.attempt.duration");
        using var deliveries = Collect<double>(lab, "transactionalmail.delivery.duration");
        lab.Primary.Fails(TransportFailure.MessageRejected);
        var mailer = await lab.StartAsync();

        await lab.FailAsync(Some.Email());
        await lab.SendAsync(Some.Email());
        lab.Primary.Fails(TransportFailure.Network);
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 4);
        await lab.StopAsync();

        sent.GetMeasurementSnapshot().Sum(m => m.Value).Should().Be(2);
        failed.GetMeasurementSnapshot().Sum(m => m.Value).Should().Be(1);
        retried.GetMeasurementSnapshot().Sum(m => m.Value).Should().Be(1);
        attempts.GetMeasurementSnapshot().Select(m => m.Tags["transactionalmail.outcome"]).Should().Equal("MessageRejected", "answered", "Network", "answered");
        deliveries.GetMeasurementSnapshot().Should().HaveCount(3);
        deliveries.GetMeasurementSnapshot()[^1].Value.Should().BeGreaterThan(4, "the mail waited for its second attempt");
        foreach (var tags in sent.GetMeasurementSnapshot().Select(m => m.Tags).Concat(attempts.GetMeasurementSnapshot().Select(m => m.Tags)))
        {
            tags["transactionalmail.stream"].Should().Be("default");
            tags["transactionalmail.transport"].Should().Be("primary");
            string.Join('\n', tags.Values).Should().NotContain("ada");
        }
    }

    [Fact]
    public async Task Shows_how_full_the_lanes_are_and_for_how_long_the_oldest_mail_has_waited()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary"), Configure = mail => mail.Services.AddMetrics() };
        using var depth = Collect<int>(lab, "transactionalmail.queue.depth");
        using var age = Collect<double>(lab, "transactionalmail.queue.age");
        using var available = Collect<int>(lab, "transactionalmail.transport.available");
        lab.Primary.Fails(TransportFailure.Authentication, times: 50);
        var mailer = await lab.StartAsync();

        for (var i = 0; i < 20; i++) await mailer.EnqueueAsync(Some.Email(), s_ct);
        var end = lab.Clock.GetUtcNow().AddMinutes(2);
        await lab.UntilAsync(() => lab.Clock.GetUtcNow() > end);
        depth.RecordObservableInstruments();
        age.RecordObservableInstruments();
        available.RecordObservableInstruments();

        depth.LastMeasurement!.Value.Should().Be(20);
        age.LastMeasurement!.Value.Should().BeGreaterThan(60);
        available.GetMeasurementSnapshot().ToDictionary(m => m.Tags["transactionalmail.transport"]!, m => m.Value).Should().Contain("primary", 0).And.Contain("backup", 1);
    }

    [Fact]
    public async Task How_full_the_lanes_were_is_not_told_while_nobody_can_look()
    {
        var status = new Status();
        using var lab = new DeliveryLab { Configure = mail => mail.Services.AddMetrics().AddSingleton<IMailStatus>(status) };
        using var depth = Collect<int>(lab, "transactionalmail.queue.depth");
        await lab.StartAsync();
        await lab.UntilAsync(() => status.Asked > 0);
        depth.RecordObservableInstruments();
        depth.LastMeasurement!.Value.Should().Be(7);

        status.IsAway = true;
        var asked = status.Asked;
        await lab.UntilAsync(() => status.Asked > asked + 1);
        depth.Clear();
        depth.RecordObservableInstruments();

        depth.GetMeasurementSnapshot().Should().BeEmpty();
    }

    [Fact]
    public async Task A_trace_goes_on_from_enqueueing_to_delivery()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        var spans = new List<Activity>();
        using var root = new Activity("request").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "TransactionalMail",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId)
                {
                    lock (spans) spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        lab.Primary.Fails(TransportFailure.Network);
        var mailer = await lab.StartAsync();

        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 2);
        await lab.StopAsync();

        spans.Select(s => s.DisplayName).Should().BeEquivalentTo("enqueue default", "attempt primary", "deliver default", "attempt primary", "deliver default");
        var enqueue = spans.Single(s => s.Kind == ActivityKind.Producer);
        spans.Where(s => s.Kind == ActivityKind.Consumer).Should().HaveCount(2).And.OnlyContain(s => s.ParentSpanId == enqueue.SpanId && (string)s.GetTagItem("messaging.message.id")! == id.ToString());
        spans.Where(s => s.Kind == ActivityKind.Client).Select(s => s.Status).Should().BeEquivalentTo([ActivityStatusCode.Error, ActivityStatusCode.Unset]);
        string.Join('\n', spans.SelectMany(s => s.TagObjects).Select(t => $"{t.Value}")).Should().NotContain("ada");
    }

    [Fact]
    public async Task Status_tells_which_transports_are_left_alone()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Authentication);

        await lab.SendAsync(Some.Email());

        var status = lab.Services.GetRequiredService<IMailStatus>();
        status.GetTransports().Should().SatisfyRespectively(
            primary => (primary.Name, primary.IsAvailable, primary.ConsecutiveFailures).Should().Be(("primary", false, 1)),
            backup => (backup.Name, backup.IsAvailable, backup.PausedFor).Should().Be(("backup", true, TimeSpan.Zero)));
        (await status.GetQueuesAsync(s_ct)).Should().BeEmpty();
    }

    private sealed class Status : IMailStatus
    {
        public bool IsAway { get; set; }

        public int Asked { get; private set; }

        public IReadOnlyList<MailTransportStatus> GetTransports() => [];

        public ValueTask<IReadOnlyList<OutboxDepth>> GetQueuesAsync(CancellationToken cancellationToken = default)
        {
            Asked++;
            return IsAway ? throw new IOException("The disk is gone.") : ValueTask.FromResult<IReadOnlyList<OutboxDepth>>([new OutboxDepth("default", 7, 0, 0, null)]);
        }
    }

    private static MetricCollector<T> Collect<T>(DeliveryLab lab, string instrument)
        where T : struct => new(lab.Services.GetRequiredService<IMeterFactory>(), "TransactionalMail", instrument);
}
