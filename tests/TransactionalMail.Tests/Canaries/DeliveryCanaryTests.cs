using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Tests.Events;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Canaries;

/// <summary>What can go wrong once a mail was accepted: transports, queue, events, and the application's own parts that throw.</summary>
[Collection(nameof(CanaryCage))]
public class DeliveryCanaryTests
{
    private static readonly EmailAddress[] s_refused = [Plants.To[0], Plants.Cc[0], Plants.Bcc[0]];

    internal static readonly CanaryFaults Faults = FindFaults();

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Reports_what_became_of_a_mail_without_what_is_in_it_P01_P02(string fault) => Faults.RunAsync(fault);

    /// <summary>Sends a mail that fails at once, and one that becomes a dead letter, is tried again and fails again.</summary>
    internal static async Task FailAsync(CanaryCage cage, DeliveryLab lab)
    {
        var mailer = await lab.StartAsync();
        await cage.CatchAsync<MailDeliveryException>(() => lab.SendAsync(Plants.Mail()));

        var admin = lab.Services.GetRequiredService<IOutboxAdmin>();
        var id = await mailer.EnqueueAsync(Plants.Mail(), CanaryFaults.Ct);
        await DieAsync();
        await admin.RetryAsync(id, CanaryFaults.Ct);
        await DieAsync();
        await StopAsync(cage, lab, id);

        async Task DieAsync()
        {
            await lab.UntilAsync(() => admin.ReadDeadLettersAsync(CanaryFaults.Ct).ToBlockingEnumerable(CanaryFaults.Ct).Any(), TimeSpan.FromSeconds(10));
            cage.Show(admin.ReadDeadLettersAsync(CanaryFaults.Ct).ToBlockingEnumerable(CanaryFaults.Ct).ToArray());
        }
    }

    internal static DeliveryLab Lab(CanaryCage cage, Action<TransactionalMailBuilder>? configure = null, InDoubtPolicy whenInDoubt = InDoubtPolicy.Retry) => new()
    {
        Stream = s =>
        {
            s.Transports.Add("primary");
            s.WhenInDoubt = whenInDoubt;
            s.Queue.GiveUpAfter = TimeSpan.FromMinutes(1);
        },
        Options = o => o.Dkim.Add(DkimTestKey.ForAcme(Plants.KeyPem)),
        Configure = mail =>
        {
            cage.Watch(mail.Services);
            configure?.Invoke(mail);
        },
    };

    private static CanaryFaults FindFaults()
    {
        var faults = new CanaryFaults();
        foreach (var failure in Enum.GetValues<TransportFailure>())
        {
            Transport($"a transport that fails: {failure}", (_, _) => throw new MailTransportException(failure, "primary", "It failed.") { ProviderCode = "550" });
        }

        foreach (var policy in Enum.GetValues<InDoubtPolicy>())
        {
            Transport($"an answer that is lost, then {policy}", (_, _) => throw new MailTransportException(TransportFailure.Network, "primary", "It broke.") { MayHaveBeenAccepted = true }, policy);
            Transport($"a recipient nothing is said of, then {policy}", (mail, _) => Task.FromResult(new TransportReceipt([], mail.MessageId)), policy);
        }

        foreach (var status in new[] { RecipientStatus.Rejected, RecipientStatus.Deferred })
        {
            Transport($"recipients that are all {status}", (mail, _) => Answer(mail, _ => status));
            faults.Add($"recipients that are partly {status}", cage => DeliverAsync(cage, Lab(cage), lab =>
            {
                for (var i = 0; i < 60; i++) lab.Primary.Does((mail, _) => Answer(mail, r => s_refused.Contains(r) ? status : RecipientStatus.Accepted));
            }));
        }

        string[] words = [.. RelayEcho.Secrets, .. RelayEcho.Addresses, .. RelayEcho.Personal];
        foreach (var (form, disguise) in RelayEcho.Disguises)
        {
            Transport($"a provider that repeats what it was told, {form}", (mail, _) => throw new MailTransportException(
                TransportFailure.MessageRejected,
                "primary",
                string.Join(' ', words.Select(word => ServerText.Scrub($"550 5.7.1 no, {disguise(word)} is wrong", mail, Plants.UserName, Plants.Password)))));
        }

        faults.Add("everything works", cage => DeliverAsync(cage, Lab(cage), _ => { }));
        faults.Add("a transport that breaks in the queue", cage => DeliverAsync(cage, Lab(cage), lab => lab.Primary.Does((_, _) => throw new InvalidOperationException($"{Plants.To[0]}: {Plants.Subject}")), send: false));
        faults.Add("a send that is cancelled", async cage =>
        {
            using var lab = Lab(cage);
            using var patience = new CancellationTokenSource();
            lab.Primary.Does((_, token) =>
            {
                patience.Cancel();
                return Task.FromCanceled<TransportReceipt>(token);
            });
            await cage.CatchAsync<OperationCanceledException>(() => lab.SendAsync(Plants.Mail(), patience));
        });
        faults.Add("recipients on the suppression list", cage => DeliverAsync(cage, Lab(cage), lab =>
        {
            var list = lab.Services.GetRequiredService<ISuppressionList>();
            foreach (var recipient in Plants.To)
            {
                var entry = new SuppressionEntry { Recipient = recipient, Reason = SuppressionReason.Complaint, Since = lab.Clock.GetUtcNow() };
                cage.Show(entry);
                list.AddAsync(entry, CanaryFaults.Ct).AsTask().Wait(CanaryFaults.Ct);
            }
        }));

        faults.Add("a staging redirect", cage => DeliverAsync(cage, Lab(cage, mail => mail.AddStagingRedirect(Plants.StagingInbox.ToString(), o => o.AllowedAddresses.Add(Plants.To[1].Address))), _ => { }));
        Throwing("an event handler that throws", services => services.AddSingleton<IMailEventHandler>(new Handler(_ => throw Loud())));
        Throwing("an audit that throws", services => services.AddSingleton<IMailAudit>(new BrokenAudit()));
        Throwing("an outbox that throws when it stores", services => services.AddSingleton<IMailOutbox>(s => new BrokenOutbox(s.GetRequiredService<InMemoryOutbox>(), nameof(IMailOutbox.CompleteAsync))), once: true);
        Throwing("an outbox that throws when it leases", services => services.AddSingleton<IMailOutbox>(s => new BrokenOutbox(s.GetRequiredService<InMemoryOutbox>(), nameof(IMailOutbox.LeaseAsync))), once: true);
        Throwing("an outbox that throws when it renews", services => services.AddSingleton<IMailOutbox>(s => new BrokenOutbox(s.GetRequiredService<InMemoryOutbox>(), nameof(IMailOutbox.RenewAsync))), once: true);
        Throwing("an outbox that cannot tell how full it is", services => services.AddSingleton<IMailOutbox>(s => new BrokenOutbox(s.GetRequiredService<InMemoryOutbox>(), nameof(IOutboxAdmin.GetDepthsAsync))), once: true);
        faults.Add("a suppression list that throws in the queue", cage => DeliverAsync(cage, Lab(cage, mail => mail.Services.AddSingleton<ISuppressionList>(new BrokenList())), _ => { }, send: false, arrives: false));
        faults.Add("events that a suppression list throws on", BounceAsync);
        faults.Add("an enqueue without a host", async cage =>
        {
            using var lab = Lab(cage);
            await cage.CatchAsync<InvalidOperationException>(() => lab.Mailer.EnqueueAsync(Plants.Mail(), CanaryFaults.Ct));
        });
        faults.Add("a process that stops with mail in hand", async cage =>
        {
            using var lab = Lab(cage);
            var mailer = await lab.StartAsync();
            await mailer.EnqueueAsync(Plants.Mail() with { NotBefore = lab.Clock.GetUtcNow().AddHours(1) }, CanaryFaults.Ct);
            await lab.LetTimePassAsync(StopAllAsync(lab));
            await cage.CatchAsync<InvalidOperationException>(() => mailer.EnqueueAsync(Plants.Mail(), CanaryFaults.Ct));
            cage.Count("log").Should().BePositive("what is left is reported");
        });
        faults.Add("a mailer whose container was disposed", async cage =>
        {
            var lab = Lab(cage);
            var mailer = await lab.StartAsync();
            await lab.StopAsync();
            lab.Dispose();
            await cage.CatchAsync<Exception>(() => mailer.SendAsync(Plants.Mail(), CanaryFaults.Ct));
            await cage.CatchAsync<Exception>(() => mailer.EnqueueAsync(Plants.Mail(), CanaryFaults.Ct));
        });
        return faults;

        void Transport(string name, Func<OutboundMail, CancellationToken, Task<TransportReceipt>> attempt, InDoubtPolicy policy = InDoubtPolicy.Retry) => faults.Add(name, async cage =>
        {
            using var lab = Lab(cage, whenInDoubt: policy);
            for (var i = 0; i < 60; i++)
            {
                lab.Primary.Does((mail, token) =>
                {
                    cage.Show(mail);
                    return attempt(mail, token);
                });
            }

            await FailAsync(cage, lab);
        });

        void Throwing(string name, Action<IServiceCollection> configure, bool once = false) =>
            faults.Add(name, cage => DeliverAsync(cage, Lab(cage, mail => configure(mail.Services)), _ => { }, send: !once));
    }

    private static async Task DeliverAsync(CanaryCage cage, DeliveryLab laboratory, Action<DeliveryLab> arrange, bool send = true, bool arrives = true)
    {
        using var lab = laboratory;
        arrange(lab);
        var mailer = await lab.StartAsync();
        if (send)
        {
            var receipt = await lab.SendAsync(Plants.Mail());
            cage.Show(receipt);
            await ShowEventsAsync(cage, lab, receipt.Id);
        }

        var done = lab.Primary.Attempts.Count;
        var id = await mailer.EnqueueAsync(Plants.Mail(), CanaryFaults.Ct);
        await lab.UntilAsync(() => arrives ? lab.Primary.Attempts.Count > done : cage.Count("log") > 10);
        await StopAsync(cage, lab, id);
    }

    private static async Task StopAsync(CanaryCage cage, DeliveryLab lab, MailId id)
    {
        await lab.LetTimePassAsync(StopAllAsync(lab));
        await ShowEventsAsync(cage, lab, id);
        cage.Show(lab.Services.GetRequiredService<IMailStatus>().GetTransports());
        cage.Count("trace").Should().BePositive();
        cage.Count("metric").Should().BePositive();
        cage.Count("log").Should().BePositive();
    }

    private static async Task<bool> StopAllAsync(DeliveryLab lab)
    {
        foreach (var service in lab.Services.GetServices<IHostedService>().Reverse()) await service.StopAsync(CanaryFaults.Ct);
        await lab.Services.GetRequiredService<TransactionalMail.Events.MailEventDispatcher>().FlushAsync(CanaryFaults.Ct);
        return true;
    }

    private static async Task ShowEventsAsync(CanaryCage cage, DeliveryLab lab, MailId id)
    {
        await lab.Services.GetRequiredService<TransactionalMail.Events.MailEventDispatcher>().FlushAsync(CanaryFaults.Ct);
        cage.Show(await lab.Services.GetRequiredService<IMailAudit>().ReadAsync(id, CanaryFaults.Ct).ToArrayAsync(CanaryFaults.Ct));
    }

    private static async Task BounceAsync(CanaryCage cage)
    {
        using var lab = Lab(cage, mail => mail.Services.AddSingleton<ISuppressionList>(new BrokenList()));
        var events = lab.Services.GetRequiredService<TransactionalMail.Events.MailEventDispatcher>();
        MailEvent[] told =
        [
            new MailBounced { MailId = default, OccurredAt = default, BounceKind = BounceKind.Hard, Recipient = Plants.To[0], Tags = Plants.Mail().Tags, Metadata = Plants.Mail().Metadata },
            new MailComplained { MailId = default, OccurredAt = default, Recipient = Plants.Bcc[0] },
            new MailUnsubscribed { MailId = default, OccurredAt = default },
            new MailClicked { MailId = default, OccurredAt = default, Recipient = Plants.To[0], Url = $"https://acme.example/{Plants.Html[0]}" },
        ];
        cage.Show(told);
        await events.PublishAsync(told, CanaryFaults.Ct);
        await events.FlushAsync(CanaryFaults.Ct);
        cage.Count("log").Should().BePositive();
    }

    private static Task<TransportReceipt> Answer(OutboundMail mail, Func<EmailAddress, RecipientStatus> status) =>
        Task.FromResult(new TransportReceipt([.. mail.Envelope.Recipients.Select(r => new RecipientOutcome(r, status(r), "primary", "id-1", "550 5.1.1 no"))], mail.MessageId));

    /// <summary>An error of the application's own code that quotes the mail; its secrets are its own business.</summary>
    private static InvalidOperationException Loud() => new($"INSERT ('{Plants.To[0]}', '{Plants.Subject}')", new IOException(Plants.Tags[0].Value)) { Data = { ["row"] = Plants.Metadata[0].Value } };

    private sealed class BrokenAudit : IMailAudit
    {
        public ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken) => throw Loud();

        public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<MailEvent>();
    }

    private sealed class BrokenList : ISuppressionList
    {
        public ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default) => throw Loud();

        public ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default) => throw Loud();

        public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default) => throw Loud();
    }

    /// <summary>An outbox one of whose methods fails three times.</summary>
    private sealed class BrokenOutbox(InMemoryOutbox inner, string method) : IMailOutbox, IOutboxAdmin
    {
        private int _failures;

        public bool IsDurable => false;

        public ValueTask<IReadOnlyList<MailId>> AddAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken) => inner.AddAsync(entries, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> LeaseAsync(string streamName, int count, TimeSpan duration, CancellationToken cancellationToken) => Or(nameof(LeaseAsync)) ?? inner.LeaseAsync(streamName, count, duration, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> RenewAsync(IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken) => Or(nameof(RenewAsync)) ?? inner.RenewAsync(leases, duration, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> CompleteAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => Or(nameof(CompleteAsync)) ?? inner.CompleteAsync(leases, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> RescheduleAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => inner.RescheduleAsync(leases, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxLease>> DeadLetterAsync(IReadOnlyList<OutboxLease> leases, CancellationToken cancellationToken) => inner.DeadLetterAsync(leases, cancellationToken);

        public ValueTask<IReadOnlyList<OutboxDepth>> GetDepthsAsync(CancellationToken cancellationToken = default)
        {
            Or(nameof(GetDepthsAsync));
            return inner.GetDepthsAsync(cancellationToken);
        }

        public IAsyncEnumerable<OutboxEntry> ReadDeadLettersAsync(CancellationToken cancellationToken = default) => inner.ReadDeadLettersAsync(cancellationToken);

        public ValueTask<bool> RetryAsync(MailId id, CancellationToken cancellationToken = default) => inner.RetryAsync(id, cancellationToken);

        public ValueTask<bool> CancelAsync(MailId id, CancellationToken cancellationToken = default) => inner.CancelAsync(id, cancellationToken);

        public ValueTask<OutboxEntry?> FindAsync(MailId id, CancellationToken cancellationToken = default) => inner.FindAsync(id, cancellationToken);

        public ValueTask<bool> RescheduleAsync(MailId id, DateTimeOffset notBefore, CancellationToken cancellationToken = default) => inner.RescheduleAsync(id, notBefore, cancellationToken);

        private ValueTask<IReadOnlyList<OutboxLease>>? Or(string called) => called == method && Interlocked.Increment(ref _failures) <= 3 ? throw Loud() : null;
    }
}
