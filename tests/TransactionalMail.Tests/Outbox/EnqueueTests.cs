using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Outbox;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Delivery;

namespace TransactionalMail.Tests.Outbox;

public class EnqueueTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delivers_under_the_id_it_returned()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();

        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);

        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);
        lab.Primary.Attempts[0].MessageId.Should().Be($"{id.Value:N}@acme.example");
    }

    [Fact]
    public async Task Says_that_no_host_runs_rather_than_keeping_mail_nobody_delivers()
    {
        using var lab = new DeliveryLab();

        var enqueueing = () => lab.Mailer.EnqueueAsync(Some.Email(), s_ct);

        await enqueueing.Should().ThrowAsync<InvalidOperationException>().WithMessage("*host*SendAsync*EnqueueOnly*");
    }

    [Fact]
    public async Task Keeps_mail_for_another_process_where_that_is_configured()
    {
        using var lab = HookedOutbox.Lab(out _, options: static o => o.Outbox.EnqueueOnly = true);
        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email(), s_ct);

        (await lab.Services.GetRequiredService<IOutboxAdmin>().GetDepthsAsync(s_ct)).Should().ContainSingle().Which.Waiting.Should().Be(1);
        lab.Primary.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task Leaves_nothing_in_memory_to_a_process_that_cannot_see_it()
    {
        using var lab = new DeliveryLab { Options = o => o.Outbox.EnqueueOnly = true };
        var mailer = await lab.StartAsync();

        var enqueueing = () => mailer.EnqueueAsync(Some.Email(), s_ct);

        await enqueueing.Should().ThrowAsync<InvalidOperationException>().WithMessage("*EnqueueOnly*UseEntityFrameworkOutbox*");
    }

    [Fact]
    public async Task What_was_stored_without_a_sender_is_a_dead_letter()
    {
        using var lab = new DeliveryLab();
        await lab.StartAsync();
        var now = lab.Clock.GetUtcNow();
        var entry = new OutboxEntry { Id = MailId.New(now), StreamName = "default", Message = Some.Email() with { From = null }, AcceptedAt = now, DueAt = now, Recipients = ["ada@example.com"] };

        await lab.Services.GetRequiredService<IMailOutbox>().AddAsync([entry], s_ct);

        var admin = lab.Services.GetRequiredService<IOutboxAdmin>();
        await lab.UntilAsync(() => admin.ReadDeadLettersAsync(s_ct).AnyAsync(s_ct).AsTask().GetAwaiter().GetResult());
        (await admin.FindAsync(entry.Id, s_ct))!.LastFailure.Should().Contain("From");
    }

    [Fact]
    public async Task A_test_with_the_fake_needs_no_host()
    {
        var (mailer, fake) = Some.FakeMailer();

        var id = await mailer.EnqueueAsync(Some.Email(), s_ct);

        (await fake.WaitForAsync(cancellationToken: s_ct)).Id.Should().Be(id);
    }

    [Fact]
    public async Task Tells_the_caller_about_a_message_that_cannot_be_sent()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();

        var enqueueing = () => mailer.EnqueueAsync(Some.Email() with { Subject = "a\r\nBcc: b@c.example" }, s_ct);

        await enqueueing.Should().ThrowAsync<EmailValidationException>();
    }

    [Fact]
    public async Task Reads_attachments_before_it_returns()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();
        var opened = 0;
        var attachment = new EmailAttachment("a.bin", _ =>
        {
            opened++;
            return ValueTask.FromResult<Stream>(new MemoryStream([1, 2, 3]));
        })
        { ContentId = "logo" };
        var broken = new EmailAttachment("b.bin", _ => throw new IOException("gone"));
        lab.Primary.Fails(TransportFailure.Network);

        await mailer.EnqueueAsync(Some.Email() with { Attachments = [attachment] }, s_ct);
        opened.Should().Be(1);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count + lab.Backup.Attempts.Count == 2);
        opened.Should().Be(1);

        var enqueueing = () => mailer.EnqueueAsync(Some.Email() with { Attachments = [broken] }, s_ct);
        (await enqueueing.Should().ThrowAsync<EmailValidationException>()).Which.Errors[0].Field.Should().Be("Attachments[0]");
    }

    [Fact]
    public async Task Holds_mail_until_its_time_and_dates_it_then()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();
        var later = lab.Clock.GetUtcNow().AddHours(3);

        await mailer.EnqueueAsync(Some.Email() with { NotBefore = later }, s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1, TimeSpan.FromMinutes(1));

        lab.Primary.Attempts[0].At.Should().BeOnOrAfter(later).And.BeBefore(later.AddHours(1), "the clock of this test may run ahead of a busy machine");
        lab.Primary.Attempts[0].Date.Should().Be(later);
    }

    [Fact]
    public async Task Refuses_mail_that_is_stale_already()
    {
        using var lab = new DeliveryLab();
        var mailer = await lab.StartAsync();

        var enqueueing = () => mailer.EnqueueAsync(Some.Email() with { NotAfter = lab.Clock.GetUtcNow().AddSeconds(-1) }, s_ct);

        (await enqueueing.Should().ThrowAsync<EmailValidationException>()).Which.Errors[0].Field.Should().Be("NotAfter");
    }

    [Fact]
    public async Task A_stream_is_a_lane_that_another_stream_does_not_block()
    {
        var stuck = new TaskCompletionSource();
        using var lab = new DeliveryLab { Configure = mail => mail.AddStream("digests", s => { s.Transports.Add("backup"); s.Queue.Workers = 1; }) };
        for (var i = 0; i < 2; i++)
        {
            lab.Backup.Does(async (mail, _) =>
            {
                await stuck.Task;
                return TransactionalMail.Transports.TransportReceipt.Accepted(mail, "backup");
            });
        }

        var mailer = await lab.StartAsync();

        await mailer.EnqueueAsync(Some.Email() with { StreamName = "digests" }, s_ct);
        await mailer.EnqueueAsync(Some.Email() with { StreamName = "digests" }, s_ct);
        await mailer.EnqueueAsync(Some.Email(), s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        lab.Backup.Attempts.Count.Should().BeLessThanOrEqualTo(1);
        stuck.SetResult();
        await lab.UntilAsync(() => lab.Backup.Attempts.Count == 2);
    }
}
