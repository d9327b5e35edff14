using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Events;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Tests.Events;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Suppression;

public class SuppressedDeliveryTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bounce_between_enqueueing_and_delivery_stops_the_mail_X01()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();
        var id = await mailer.EnqueueAsync(
            Some.Email("ada@example.com") with { Cc = ["Gone@Example.com", "grace@example.com"], Bcc = ["hidden+gone@example.com"], NotBefore = lab.Clock.GetUtcNow().AddHours(1) }, s_ct);

        var recorder = lab.Services.GetRequiredService<IMailEventRecorder>();
        await recorder.RecordAsync([SomeEvent.HardBounce("gone@example.com"), SomeEvent.HardBounce("hidden@example.com")], s_ct);
        await lab.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1, TimeSpan.FromMinutes(10));

        lab.Primary.Attempts[0].Recipients.Should().BeEquivalentTo("ada@example.com", "grace@example.com");
        await lab.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        (await lab.Services.GetRequiredService<IMailAudit>().ReadAsync(id, s_ct).OfType<MailSuppressed>().Select(e => e.Recipient!.Address).ToListAsync(s_ct))
            .Should().BeEquivalentTo("Gone@Example.com", "hidden+gone@example.com");
    }

    [Fact]
    public async Task Mail_in_line_behind_the_one_that_bounces_is_not_sent_X01()
    {
        using var lab = new DeliveryLab { Stream = s => s.Queue.Workers = 1 };
        var mailer = await lab.StartAsync();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        lab.Primary.Does(async (mail, _) =>
        {
            entered.SetResult();
            await release.Task;
            return TransportReceipt.Accepted(mail, "primary");
        });
        for (var i = 0; i < 50; i++) await mailer.EnqueueAsync(Some.Email("gone@example.com") with { Subject = $"{i}" }, s_ct);
        await mailer.EnqueueAsync(Some.Email("ada@example.com"), s_ct);

        await entered.Task.WaitAsync(TimeSpan.FromSeconds(10), s_ct);
        await lab.Services.GetRequiredService<IMailEventRecorder>().RecordAsync([SomeEvent.HardBounce("gone@example.com")], s_ct);
        await lab.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        release.SetResult();
        await lab.UntilAsync(() => lab.Primary.Attempts.Any(a => a.Recipients.Contains("ada@example.com")));

        lab.Primary.Attempts.Select(a => a.Recipients.Single()).Should().Equal("gone@example.com", "ada@example.com");
    }

    [Theory]
    [InlineData(SuppressionReason.Unsubscribe, "notices", RecipientStatus.Accepted)]
    [InlineData(SuppressionReason.Unsubscribe, null, RecipientStatus.Accepted)]
    [InlineData(SuppressionReason.Complaint, null, RecipientStatus.Suppressed)]
    [InlineData(SuppressionReason.HardBounce, null, RecipientStatus.Suppressed)]
    [InlineData(SuppressionReason.Manual, null, RecipientStatus.Suppressed)]
    public async Task A_stream_of_notices_ignores_unsubscribes_and_nothing_else(SuppressionReason reason, string? streamName, RecipientStatus expected)
    {
        var services = Some.Services(mail => mail.AddStream("notices", stream => stream.IgnoreUnsubscribes = true));
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<ISuppressionList>().AddAsync(new() { Recipient = "ada@example.com", Reason = reason, StreamName = streamName, Since = SomeEvent.Noon }, s_ct);
        var mailer = provider.GetRequiredKeyedService<ITransactionalMailer>("notices");

        var receipt = await mailer.SendAsync(Some.Email("ada@example.com"), s_ct);

        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(expected);
        (await provider.GetRequiredService<IMailExplainer>().ExplainAsync(Some.Email("ada@example.com") with { StreamName = "notices" }, s_ct)).Suppressed
            .Should().HaveCount(expected is RecipientStatus.Suppressed ? 1 : 0);
    }
}
