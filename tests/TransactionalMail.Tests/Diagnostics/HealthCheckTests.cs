using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Tests.Outbox;

namespace TransactionalMail.Tests.Diagnostics;

public class HealthCheckTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_healthy_where_mail_flows()
    {
        using var lab = Lab();
        await (await lab.StartAsync()).EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        var report = await CheckAsync(lab);

        report.Status.Should().Be(HealthStatus.Healthy);
        report.Entries.Keys.Should().BeEquivalentTo("mail-transports", "mail-outbox");
        report.Entries["mail-transports"].Data.Should().Contain("primary", "available").And.Contain("backup", "available");
    }

    [Fact]
    public async Task A_transport_that_is_left_alone_is_named()
    {
        using var lab = Lab();
        lab.Primary.Fails(TransportFailure.Authentication);
        await lab.SendAsync(Some.Email());

        var transports = (await CheckAsync(lab)).Entries["mail-transports"];
        transports.Status.Should().Be(HealthStatus.Degraded);
        transports.Description.Should().Contain("primary").And.NotContain("backup");

        lab.Backup.Fails(TransportFailure.Authentication);
        await lab.FailAsync(Some.Email());
        (await CheckAsync(lab)).Entries["mail-transports"].Status.Should().Be(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task Mail_that_waits_too_long_is_unhealthy_and_mail_of_the_future_is_not()
    {
        using var lab = HookedOutbox.Lab(out _, static mail => mail.Services.AddHealthChecks().AddTransactionalMail(), static o => o.Outbox.EnqueueOnly = true);
        var mailer = await lab.StartAsync();
        await mailer.EnqueueAsync(Some.Email() with { NotBefore = lab.Clock.GetUtcNow().AddHours(2) }, s_ct);
        lab.Clock.Advance(TimeSpan.FromHours(1));
        (await CheckAsync(lab)).Status.Should().Be(HealthStatus.Healthy);
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        lab.Clock.Advance(TimeSpan.FromMinutes(16));

        var outbox = (await CheckAsync(lab)).Entries["mail-outbox"];

        outbox.Status.Should().Be(HealthStatus.Unhealthy);
        outbox.Description.Should().Contain("default").And.Contain("00:16:00");
    }

    [Fact]
    public async Task Dead_letters_and_a_queue_that_is_long_are_a_warning()
    {
        using var lab = Lab();
        lab.Primary.Fails(TransportFailure.MessageRejected);
        var mailer = await lab.StartAsync();
        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Services.GetRequiredService<IOutboxAdmin>().GetDepthsAsync(s_ct).AsTask().Result.Single().DeadLetters == 1);

        var outbox = (await CheckAsync(lab)).Entries["mail-outbox"];
        (outbox.Status, outbox.Description).Should().Be((HealthStatus.Degraded, "1 mails of stream default were given up; retry or drop them."));

        await lab.Services.GetRequiredService<IOutboxAdmin>().CancelAsync(id, s_ct);
        for (var i = 0; i < 3; i++) await mailer.EnqueueAsync(Some.Email() with { NotBefore = lab.Clock.GetUtcNow().AddHours(1) }, s_ct);
        (await CheckAsync(lab)).Entries["mail-outbox"].Description.Should().Be("3 mails of stream default wait.");
    }

    [Fact]
    public async Task An_outbox_that_cannot_be_read_is_unhealthy()
    {
        using var lab = new DeliveryLab
        {
            Configure = mail =>
            {
                mail.Services.AddHealthChecks().AddTransactionalMail();
                mail.Services.AddSingleton<IMailStatus, BrokenStatus>();
            },
        };

        (await CheckAsync(lab)).Entries["mail-outbox"].Status.Should().Be(HealthStatus.Unhealthy);
    }

    private static DeliveryLab Lab() => new()
    {
        Stream = s => s.Retry.MaxAttempts = 1,
        Configure = mail => mail.Services.AddHealthChecks().AddTransactionalMail(health => health.MaxDepth = 2),
    };

    private static Task<HealthReport> CheckAsync(DeliveryLab lab) => lab.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(s_ct);

    private sealed class BrokenStatus : IMailStatus
    {
        public IReadOnlyList<MailTransportStatus> GetTransports() => [];

        public ValueTask<IReadOnlyList<OutboxDepth>> GetQueuesAsync(CancellationToken cancellationToken = default) => throw new IOException("gone");
    }
}
