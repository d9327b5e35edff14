using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TransactionalMail.Events;
using TransactionalMail.Outbox;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

public class DeliveryEventTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private static void PrimaryOnly(MailStreamOptions stream) => stream.Transports.Add("primary");

    [Fact]
    public async Task Tells_what_became_of_each_recipient_with_what_the_application_attached()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Answers(r => r.Address == "nobody@example.com" ? RecipientStatus.Rejected : RecipientStatus.Accepted);

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "nobody@example.com") with { Tags = ["order"], Metadata = new Dictionary<string, string> { ["order"] = "1042" } });

        var events = await EventsAsync(lab, receipt.Id);
        events.Should().HaveCount(2).And.OnlyContain(e => e.StreamName == "default" && e.TransportName == "primary" && e.Attempt == 1 && e.Tags[0] == "order" && e.Metadata["order"] == "1042" && e.OccurredAt == lab.Clock.GetUtcNow());
        events[0].Should().BeOfType<MailAccepted>().Which.Recipient!.Address.Should().Be("ada@example.com");
        var failed = events[1].Should().BeOfType<MailFailed>().Which;
        failed.Recipient!.Address.Should().Be("nobody@example.com");
        failed.Failure.Should().Be(TransportFailure.RecipientsRejected);
        failed.Diagnostic.Should().Be("Rejected by primary");
    }

    [Theory]
    [InlineData("5.1.1", BounceKind.Hard, true)]
    [InlineData("5.1.10", BounceKind.Hard, true)]
    [InlineData("5.2.2", BounceKind.Soft, false)]
    [InlineData("5.7.1", BounceKind.Blocked, false)]
    [InlineData("5.0.0", BounceKind.Undetermined, false)]
    [InlineData(null, BounceKind.Undetermined, false)]
    public async Task A_recipient_the_relay_refuses_bounces_and_is_suppressed_where_the_mailbox_does_not_exist_S05(string? enhancedCode, BounceKind kind, bool isSuppressed)
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Answers(_ => RecipientStatus.Rejected, "550", enhancedCode);

        var failure = await lab.FailAsync(Some.Email("nobody@example.com"));

        var bounce = (await EventsAsync(lab, failure.Id)).Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which;
        (bounce.BounceKind, bounce.SmtpCode, bounce.EnhancedCode).Should().Be((kind, 550, enhancedCode));
        (await lab.Services.GetRequiredService<ISuppressionList>().FindAsync(["nobody@example.com"], "default", s_ct)).Should().HaveCount(isSuppressed ? 1 : 0);
    }

    [Fact]
    public async Task Tells_of_a_mail_that_failed_as_a_whole()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Fails(TransportFailure.MessageRejected);

        var failure = await lab.FailAsync(Some.Email());

        (await EventsAsync(lab, failure.Id)).Should().ContainSingle().Which.Should().BeOfType<MailFailed>().Which.Failure.Should().Be(TransportFailure.MessageRejected);
    }

    [Fact]
    public async Task Tells_of_a_mail_in_doubt()
    {
        using var lab = new DeliveryLab { Stream = s => s.WhenInDoubt = InDoubtPolicy.Stop };
        lab.Primary.Fails(TransportFailure.Timeout, mayHaveBeenAccepted: true);

        var failure = await lab.FailAsync(Some.Email());

        (await EventsAsync(lab, failure.Id)).Should().ContainSingle().Which.Should().BeOfType<MailFailed>().Which.MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task An_enqueued_mail_is_deferred_until_it_is_accepted()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        lab.Primary.Answers(r => r.Address == "grace@example.com" ? RecipientStatus.Deferred : RecipientStatus.Accepted).Fails(TransportFailure.Network);
        var mailer = await lab.StartAsync();

        var id = await mailer.EnqueueAsync(Some.Email("ada@example.com", "grace@example.com"), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 3);
        await lab.StopAsync();

        var events = await EventsAsync(lab, id);
        events.Select(e => (e.GetType().Name, e.Recipient!.Address, e.Attempt)).Should().Equal(
            ("MailAccepted", "ada@example.com", 1),
            ("MailDeferred", "grace@example.com", 1),
            ("MailDeferred", "grace@example.com", 2),
            ("MailAccepted", "grace@example.com", 3));
        events[2].Should().BeOfType<MailDeferred>().Which.Failure.Should().Be(TransportFailure.Network);
    }

    [Fact]
    public async Task A_mail_that_is_given_up_has_failed()
    {
        using var lab = new DeliveryLab { Stream = s => { PrimaryOnly(s); s.Queue.GiveUpAfter = TimeSpan.FromSeconds(1); } };
        lab.Primary.Fails(TransportFailure.Authentication, times: 9);
        var mailer = await lab.StartAsync();

        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Logs.GetSnapshot().Any(l => l.Id.Id == 111));

        (await EventsAsync(lab, id))[^1].Should().BeOfType<MailFailed>().Which.Failure.Should().Be(TransportFailure.Authentication);
    }

    [Fact]
    public async Task Sends_nothing_to_suppressed_recipients_and_reports_them()
    {
        using var lab = new DeliveryLab();
        await SuppressAsync(lab, "gone@example.com", SuppressionReason.HardBounce);

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "gone@example.com"));

        lab.Primary.Attempts.Should().ContainSingle().Which.Recipients.Should().Equal("ada@example.com");
        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Suppressed);
        (await EventsAsync(lab, receipt.Id))[1].Should().BeOfType<MailSuppressed>().Which.Reason.Should().Be(SuppressionReason.HardBounce);
    }

    [Fact]
    public async Task A_wholly_suppressed_mail_is_policy_not_failure()
    {
        using var lab = new DeliveryLab();
        await SuppressAsync(lab, "gone@example.com", SuppressionReason.Complaint);

        var receipt = await lab.SendAsync(Some.Email("gone@example.com"));

        receipt.Attempts.Should().Be(0);
        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Suppressed);
        lab.Primary.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task Throws_when_only_suppressed_recipients_are_not_refused()
    {
        using var lab = new DeliveryLab { Stream = PrimaryOnly };
        await SuppressAsync(lab, "gone@example.com", SuppressionReason.Complaint);
        lab.Primary.Answers(_ => RecipientStatus.Rejected);

        var failure = await lab.FailAsync(Some.Email("gone@example.com", "nobody@example.com"));

        failure.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Suppressed, RecipientStatus.Rejected);
    }

    [Fact]
    public async Task A_recipient_suppressed_while_the_mail_waited_gets_nothing()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();
        var id = await mailer.EnqueueAsync(Some.Email() with { NotBefore = lab.Clock.GetUtcNow().AddMinutes(5) }, s_ct);

        await SuppressAsync(lab, "ada@example.com", SuppressionReason.Unsubscribe);
        await lab.UntilAsync(() => lab.Clock.GetUtcNow() > new DateTimeOffset(2026, 11, 24, 10, 6, 0, TimeSpan.Zero));
        await lab.StopAsync();

        lab.Primary.Attempts.Should().BeEmpty();
        (await EventsAsync(lab, id)).Should().ContainSingle().Which.Should().BeOfType<MailSuppressed>();
        lab.Logs.GetSnapshot().Should().NotContain(l => l.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_suppression_list_that_cannot_be_read_stops_the_mail()
    {
        using var lab = new DeliveryLab { Configure = mail => mail.Services.AddSingleton<ISuppressionList, BrokenList>() };

        var sending = () => lab.SendAsync(Some.Email());

        await sending.Should().ThrowAsync<IOException>();
        lab.Primary.Attempts.Should().BeEmpty();
    }

    private static Task SuppressAsync(DeliveryLab lab, string address, SuppressionReason reason) =>
        lab.Services.GetRequiredService<ISuppressionList>().AddAsync(new SuppressionEntry { Recipient = address, Reason = reason, Since = lab.Clock.GetUtcNow() }, s_ct).AsTask();

    private static async Task<IReadOnlyList<MailEvent>> EventsAsync(DeliveryLab lab, MailId id)
    {
        await lab.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        return await lab.Services.GetRequiredService<IMailAudit>().ReadAsync(id, s_ct).ToArrayAsync(s_ct);
    }

    private sealed class BrokenList : ISuppressionList
    {
        public ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default) =>
            throw new IOException("The database is away.");

        public ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
