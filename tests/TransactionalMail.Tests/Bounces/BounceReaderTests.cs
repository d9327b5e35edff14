using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using TransactionalMail.Bounces;

namespace TransactionalMail.Tests.Bounces;

public sealed class BounceReaderTests
{
    private const string Failed = "Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1";

    [Theory]
    [InlineData("message/rfc822")]
    [InlineData("text/rfc822-headers")]
    [InlineData("message/global-headers")]
    [InlineData("text/plain")]
    public void Finds_the_mail_in_whatever_part_it_comes_back(string type) =>
        SomeBounce.Read(SomeBounce.Status(Failed, returnedType: type)).Events.Single().MailId.Should().Be(SomeBounce.Id);

    [Fact]
    public void Finds_the_mail_by_its_message_id_where_our_field_is_lost()
    {
        var returned = $"To: ada@example.com\nMessage-ID: <{SomeBounce.Id.Value:N}@acme.example>\n\nbody";

        SomeBounce.Read(SomeBounce.Status(Failed, returned: returned)).Events.Single().MailId.Should().Be(SomeBounce.Id);
    }

    [Theory]
    [InlineData("To: ada@example.com\nMessage-ID: <0199a4c27d3e4abc8def0123456789ab@other.example>\n\nbody")]
    [InlineData("To: ada@example.com\nX-TransactionalMail-Id: none of yours\n\nbody")]
    public void Leaves_the_id_of_a_mail_that_is_not_ours_empty(string returned) =>
        SomeBounce.Read(SomeBounce.Status(Failed, returned: returned)).Events.Single().MailId.Should().Be(default(MailId));

    [Fact]
    public void Reads_a_complaint()
    {
        var report = SomeBounce.Read(Complaint("Feedback-Type: abuse\nUser-Agent: SomeFbl/1.0\nVersion: 1\nOriginal-Rcpt-To: <ada@example.com>\nOriginal-Rcpt-To: <bob@example.com>\nArrival-Date: Tue, 24 Nov 2026 08:00:00 +0000"));

        report.Events.Should().HaveCount(2).And.AllBeOfType<MailComplained>();
        report.Events.Select(static e => e.Recipient!.Address).Should().Equal("ada@example.com", "bob@example.com");
        report.Events[0].MailId.Should().Be(SomeBounce.Id);
        report.Events[0].OccurredAt.Should().Be(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Takes_the_recipient_of_the_mail_where_a_complaint_hides_who_complains() =>
        SomeBounce.Read(Complaint("Feedback-Type: abuse\nVersion: 1")).Events.Should().ContainSingle().Which.Recipient!.Address.Should().Be("ada@example.com");

    [Fact]
    public void A_report_that_a_mail_is_no_spam_complains_of_nothing() =>
        SomeBounce.Read(Complaint("Feedback-Type: not-spam\nVersion: 1")).Events.Should().BeEmpty();

    [Theory]
    [InlineData("From: Ada <ada@example.com>\nSubject: Out of Office: your order\nAuto-Submitted: auto-replied\nReturn-Path: <>", "I am away until Monday.")]
    [InlineData("From: ada@example.com\nSubject: Re: your order\nAuto-Submitted: auto-replied", "Thank you, we will answer soon. Your mail could not be delivered to a person.")]
    [InlineData("From: ada@example.com\nSubject: Your ticket\nPrecedence: auto_reply", "Ticket 1042")]
    [InlineData("From: ada@example.com\nSubject: Read\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b", "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ada@example.com\nDisposition: automatic-action/MDN-sent-automatically; displayed\n\n--b--")]
    public void Tells_answers_of_machines_apart(string header, string text)
    {
        var report = SomeBounce.Read(SomeBounce.Words(text, header));

        (report.IsAutoReply, report.Events.Count).Should().Be((true, 0));
    }

    [Theory]
    [InlineData("From: Ada <ada@example.com>\nSubject: Re: your order", "My last mail to bob@example.com was rejected: 550 5.1.1 user unknown. Can you help?")]
    [InlineData("From: Bob <bob@acme.example>\nSubject: Fwd: Returned mail: User unknown", "See below, what shall we do?\n\n> 550 5.1.1 <ada@example.com>... User unknown")]
    [InlineData("From: postmaster@example.com\nSubject: Maintenance on Sunday", "Dear all, mail will be slow on Sunday.")]
    public void Leaves_what_people_write_alone(string header, string text)
    {
        var report = SomeBounce.Read(SomeBounce.Words(text, header));

        (report.IsAutoReply, report.Events.Count).Should().Be((false, 0));
    }

    [Fact]
    public async Task Reads_a_stream_and_no_more_of_it_than_it_needs()
    {
        var message = Encoding.UTF8.GetBytes(SomeBounce.Status(Failed).Replace("--b--", new string('x', 3 * 1024 * 1024), StringComparison.Ordinal));
        using var stream = new MemoryStream(message);

        var report = await SomeBounce.Reader.ReadAsync(stream, TestContext.Current.CancellationToken);

        report.Events.Should().ContainSingle().Which.MailId.Should().Be(SomeBounce.Id);
        stream.Position.Should().BeLessThan(2 * 1024 * 1024);
        stream.CanRead.Should().BeTrue();
    }

    [Fact]
    public async Task Says_what_to_pass_where_a_stream_holds_no_message()
    {
        var read = async () => await SomeBounce.Reader.ReadAsync(Stream.Null, TestContext.Current.CancellationToken);

        (await read.Should().ThrowAsync<FormatException>()).WithMessage("*Pass the whole message*").Which.InnerException.Should().BeNull();
    }

    [Fact]
    public void Is_there_for_every_application() =>
        Some.Services().BuildServiceProvider().GetRequiredService<IBounceReader>().Should().BeOfType<BounceReader>();

    [Fact]
    public async Task Knows_the_mail_that_the_library_itself_composed()
    {
        var (mailer, fake) = Some.FakeMailer();
        var receipt = await mailer.SendAsync(Some.Email(), TestContext.Current.CancellationToken);
        using var sent = fake.Sent.Single().Parse();
        var report = new MimeMessage { Subject = "Delivery failure", Body = new Multipart("report") { new TextPart("plain") { Text = "ada@example.com: 550 5.1.1 User unknown" }, new MessagePart("rfc822", sent) } };
        report.From.Add(new MailboxAddress(null, "mailer-daemon@example.com"));

        var bounce = SomeBounce.Reader.Read(report).Events.Should().ContainSingle().Which;

        (bounce.MailId, bounce.Recipient!.Address).Should().Be((receipt.Id, "ada@example.com"));
    }

    private static string Complaint(string fields) =>
        SomeBounce.Status(fields).Replace("report-type=delivery-status", "report-type=feedback-report", StringComparison.Ordinal)
            .Replace("message/delivery-status", "message/feedback-report", StringComparison.Ordinal)
            .Replace("Reporting-MTA: dns; mx.example.net\n\n", "", StringComparison.Ordinal);
}
