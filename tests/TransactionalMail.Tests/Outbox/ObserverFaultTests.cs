using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TransactionalMail.Events;
using TransactionalMail.Idempotency;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Tests.Events;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Outbox;

/// <summary>What a logger or a meter's listener of the application throws is not the mail's matter.</summary>
public class ObserverFaultTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("logger")]
    [InlineData("listener")]
    public async Task An_enqueued_mail_that_went_out_is_not_sent_again(string observer)
    {
        using var lab = HookedOutbox.Lab(out var store, mail => mail.Services.AddMetrics());
        using var broken = Break(lab, observer);
        var mailer = await lab.StartAsync();

        for (var i = 0; i < 10; i++) await mailer.EnqueueAsync(Some.Email(), s_ct); // more than there are workers
        await lab.UntilAsync(() => store.CountAsync().GetAwaiter().GetResult() == 0);

        lab.Primary.Attempts.Should().HaveCount(10);
    }

    [Theory]
    [InlineData("logger")]
    [InlineData("listener")]
    public async Task Who_sends_gets_the_receipt_and_so_does_who_repeats(string observer)
    {
        using var lab = new DeliveryLab { Configure = static mail => mail.Services.AddMetrics().AddSingleton<IIdempotencyLedger, ForgetfulLedger>() };
        using var broken = Break(lab, observer);
        var order = Some.Email() with { IdempotencyKey = "order-1042" };

        var first = await lab.SendAsync(order);
        var second = await lab.SendAsync(order);

        second.Id.Should().Be(first.Id);
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Theory]
    [InlineData("logger")]
    [InlineData("listener")]
    public async Task The_next_event_is_handled(string observer)
    {
        var seen = 0;
        var handler = new Handler(_ => ++seen == 1 ? throw new TimeoutException() : ValueTask.CompletedTask);
        using var lab = new DeliveryLab { Configure = mail => mail.Services.AddMetrics().AddSingleton<IMailEventHandler>(handler) };
        using var broken = Break(lab, observer);

        await lab.SendAsync(Some.Email());
        await lab.SendAsync(Some.Email());

        await lab.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct).WaitAsync(TimeSpan.FromSeconds(20), s_ct);
        seen.Should().Be(2);
    }

    [Theory]
    [InlineData("logger")]
    [InlineData("listener")]
    public async Task The_next_transport_is_asked(string observer)
    {
        using var lab = new DeliveryLab { Configure = static mail => mail.Services.AddMetrics() };
        lab.Primary.Fails(TransportFailure.Network);
        using var broken = Break(lab, observer);

        await lab.SendAsync(Some.Email());

        (lab.Primary.Attempts.Count, lab.Backup.Attempts.Count).Should().Be((1, 1));
    }

    [Fact]
    public async Task A_transport_that_works_again_is_believed()
    {
        using var lab = new DeliveryLab { Stream = static stream => stream.Transports.Add("primary"), Limits = static limits => limits.FailureThreshold = 1 };
        lab.Primary.Fails(TransportFailure.Network);
        using var broken = Break(lab, "logger");
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Services.GetRequiredService<IMailStatus>().GetQueuesAsync(s_ct).AsTask().GetAwaiter().GetResult().Sum(static d => d.Waiting + d.InDelivery) == 0);

        lab.Primary.Attempts.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_mail_in_doubt_stays_with_the_transport_that_may_have_it()
    {
        using var lab = new DeliveryLab { Limits = static limits => limits.FailureThreshold = 1 };
        lab.Primary.Fails(TransportFailure.Network, mayHaveBeenAccepted: true);
        using var broken = Break(lab, "logger");
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count + lab.Backup.Attempts.Count == 2);

        lab.Backup.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task A_lane_looks_again_after_its_outbox_has_failed()
    {
        using var lab = HookedOutbox.Lab(out var store);
        store.Leasing = Failing(times: 3);
        using var broken = Break(lab, "logger");
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);

        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
    }

    [Fact]
    public async Task A_mark_is_stored_after_its_outbox_has_failed()
    {
        using var lab = HookedOutbox.Lab(out var store);
        store.Marking = Failing(times: 3);
        using var broken = Break(lab, "logger");
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => store.CountAsync().GetAwaiter().GetResult() == 0);

        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task Leases_are_renewed_after_their_outbox_has_failed()
    {
        using var lab = HookedOutbox.Lab(out var store);
        var renewals = 0;
        store.Renewing = _ => Interlocked.Increment(ref renewals) == 1 ? throw new IOException("The database is away.") : Task.CompletedTask;
        using var broken = Break(lab, "logger");
        using var slow = new Blocked();
        lab.Primary.Does(async (mail, _) =>
        {
            await slow.Ended;
            return TransportReceipt.Accepted(mail, "primary");
        });
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email(), s_ct);

        await lab.UntilAsync(() => Volatile.Read(ref renewals) > 2, TimeSpan.FromSeconds(1));
    }

    private static Func<CancellationToken, Task> Failing(int times) => _ => Interlocked.Decrement(ref times) >= 0 ? throw new IOException("The database is away.") : Task.CompletedTask;

    private static IDisposable Break(DeliveryLab lab, string observer)
    {
        if (observer is "logger")
        {
            var logger = new BrokenLogger();
            lab.Services.GetRequiredService<ILoggerFactory>().AddProvider(logger);
            return logger;
        }

        var meters = lab.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("Nobody counts."));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("Nobody measures."));
        listener.Start();
        return listener;
    }

    /// <summary>A full disk, say. What it throws leaves every call of a logger.</summary>
    private sealed class BrokenLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new IOException("The disk is full.");

        public void Dispose()
        {
            // It has nothing to close.
        }
    }

    /// <summary>A ledger that cannot be told at first that a mail is out.</summary>
    private sealed class ForgetfulLedger(TimeProvider time) : IIdempotencyLedger
    {
        private readonly InMemoryIdempotencyLedger _inner = new(time);
        private readonly Func<CancellationToken, Task> _settling = Failing(times: 1);

        public ValueTask<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken) => _inner.ClaimAsync(claim, hold, cancellationToken);

        public async ValueTask SettleAsync(IdempotencyClaim claim, MailReceipt receipt, CancellationToken cancellationToken)
        {
            await _settling(cancellationToken);
            await _inner.SettleAsync(claim, receipt, cancellationToken);
        }

        public ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken) => _inner.ReleaseAsync(claim, cancellationToken);
    }
}
