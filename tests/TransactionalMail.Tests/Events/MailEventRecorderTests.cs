using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using TransactionalMail.Events;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Events;

/// <summary>From a mail that went out over SMTP to the bounce that came back as mail.</summary>
public class MailEventRecorderTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bounce_that_comes_by_mail_suppresses_the_recipient_and_is_recorded_once()
    {
        await using var smtp = LocalSmtpServer.Start();
        await using var services = Some.Services(mail => mail.AddSmtp(o => (o.Host, o.Port, o.Security) = (smtp.Host, smtp.Port, SmtpSecurity.None))).BuildServiceProvider();
        var mailer = services.GetRequiredService<ITransactionalMailer>();
        var receipt = await mailer.SendAsync(Some.Email("gone@example.com"), s_ct);
        using var bounce = Bounce((await smtp.WaitForMessagesAsync(1, cancellationToken: s_ct))[0]);
        var recorder = services.GetRequiredService<IMailEventRecorder>();

        var events = services.GetRequiredService<IBounceReader>().Read(bounce).Events;
        (await recorder.RecordAsync(events, s_ct)).Should().Be(1);
        (await recorder.RecordAsync(events, s_ct)).Should().Be(0);
        await services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);

        var told = (await services.GetRequiredService<IMailAudit>().ReadAsync(receipt.Id, s_ct).ToListAsync(s_ct)).OfType<MailBounced>().Should().ContainSingle().Which;
        (told.BounceKind, told.StreamName, told.Recipient!.Address).Should().Be((BounceKind.Hard, "default", "gone@example.com"));
        (await mailer.SendAsync(Some.Email("gone@example.com", "ada@example.com"), s_ct)).Recipients[0].Status.Should().Be(RecipientStatus.Suppressed);
    }

    [Fact]
    public async Task A_time_in_the_future_becomes_now_W07()
    {
        var services = Some.Services();
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider();
        var id = MailId.New(DateTimeOffset.UtcNow);

        await provider.GetRequiredService<IMailEventRecorder>().RecordAsync([new MailDelivered { MailId = id, OccurredAt = DateTimeOffset.UtcNow.AddYears(1) }], s_ct);

        (await provider.GetRequiredService<IMailAudit>().ReadAsync(id, s_ct).SingleAsync(s_ct)).OccurredAt.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    private static MimeMessage Bounce(ReceivedMessage sent)
    {
        var status = new MessageDeliveryStatus();
        status.StatusGroups.Add(new HeaderList { { "Reporting-MTA", "dns; mx.example.com" } });
        status.StatusGroups.Add(new HeaderList { { "Final-Recipient", "rfc822; gone@example.com" }, { "Action", "failed" }, { "Status", "5.1.1" }, { "Diagnostic-Code", "smtp; 550 5.1.1 no such user" } });
        return new MimeMessage
        {
            Subject = "Undelivered Mail Returned to Sender",
            From = { new MailboxAddress("Mail Delivery System", "mailer-daemon@mx.example.com") },
            Body = new MultipartReport("delivery-status") { new TextPart { Text = "I'm sorry to have to inform you." }, status, new MessagePart { Message = sent.Parse() } },
        };
    }
}
