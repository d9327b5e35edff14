namespace TransactionalMail.Tests.Bounces;

/// <summary>Bounces that are written in words only.</summary>
public sealed class NoticeReportTests
{
    private const string Qmail = """
        Hi. This is the qmail-send program at mx.example.net.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <ada@example.com>:
        192.0.2.1 does not like recipient.
        Remote host said: 550 5.1.1 No such user
        Giving up on 192.0.2.1.

        <bob@example.com>:
        192.0.2.1 does not like recipient.
        Remote host said: 552 5.2.2 Over quota
        Giving up on 192.0.2.1.

        --- Below this line is a copy of the message.

        """;

    [Fact]
    public void Reads_recipient_by_recipient_and_finds_the_mail_in_what_follows()
    {
        var bounces = SomeBounce.Read(SomeBounce.Words(Qmail + SomeBounce.Mail)).Events.Cast<MailBounced>().ToArray();

        bounces.Select(static b => (b.Recipient!.Address, b.BounceKind, b.SmtpCode, b.EnhancedCode)).Should().Equal(
            ("ada@example.com", BounceKind.Hard, 550, "5.1.1"), ("bob@example.com", BounceKind.Soft, 552, "5.2.2"));
        bounces.Should().OnlyContain(static b => b.MailId == SomeBounce.Id);
    }

    [Fact]
    public void Believes_the_field_that_names_who_failed()
    {
        var report = SomeBounce.Read(SomeBounce.Words(
            "A message sent by\n  <sender@acme.example>\ncould not be delivered:\n\n  ada@example.com\n    SMTP error from remote mail server after RCPT TO:<ada@example.com>:\n    550 5.1.1 User unknown",
            "From: Mail Delivery System <mailer-daemon@mx.example.net>\nX-Failed-Recipients: ada@example.com\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed"));

        report.Events.Should().ContainSingle().Which.Recipient!.Address.Should().Be("ada@example.com");
        report.IsAutoReply.Should().BeFalse();
    }

    [Fact]
    public void Tells_a_warning_from_a_failure()
    {
        var report = SomeBounce.Read(SomeBounce.Words(
            "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n   ada@example.com\n\n451 4.7.1 Greylisted, try again later\n\n----- Original message -----\n" + SomeBounce.Mail));

        var deferred = report.Events.Should().ContainSingle().Which.Should().BeOfType<MailDeferred>().Which;
        (deferred.SmtpCode, deferred.EnhancedCode, deferred.MailId).Should().Be((451, "4.7.1", SomeBounce.Id));
    }

    [Theory]
    [InlineData("not listed in the directory", BounceKind.Hard)]
    [InlineData("[User unknown]", BounceKind.Soft)]
    [InlineData("550 User unknown", BounceKind.Hard)]
    [InlineData("The mailbox is full", BounceKind.Soft)]
    [InlineData("The message was considered spam", BounceKind.Blocked)]
    public void Weighs_what_is_said_without_a_code(string words, BounceKind kind)
    {
        var report = SomeBounce.Read(SomeBounce.Words($"Your message did not reach\nada@example.com {words}"));

        report.Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which.BounceKind.Should().Be(kind);
    }

    [Fact]
    public void Takes_the_recipient_of_the_returned_mail_where_the_notice_names_nobody()
    {
        var report = SomeBounce.Read(SomeBounce.Words("Your message could not be delivered: no valid recipients.\n\nOriginal message:\n\n" + SomeBounce.Mail));

        report.Events.Should().ContainSingle().Which.Recipient!.Address.Should().Be("ada@example.com");
    }

    [Fact]
    public void Reports_a_bounce_that_names_nobody_without_a_recipient()
    {
        var report = SomeBounce.Read(SomeBounce.Words("Your message could not be delivered: the mailbox does not exist."));

        var bounce = report.Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which;
        (bounce.Recipient, bounce.MailId, bounce.BounceKind).Should().Be((null, default, BounceKind.Hard));
    }

    [Fact]
    public void Reads_html_where_there_is_no_text()
    {
        var report = SomeBounce.Read(SomeBounce.Words(
            "<html><body><p>Delivery has failed to these recipients:</p><p>ada@example.com</p><p>550 5.1.1 not found</p></body></html>",
            "From: postmaster@mx.example.net\nSubject: Undeliverable: hello\nMIME-Version: 1.0\nContent-Type: text/html"));

        report.Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which.BounceKind.Should().Be(BounceKind.Hard);
    }

    [Fact]
    public void Shows_no_more_of_a_notice_than_what_a_server_answered()
    {
        var report = SomeBounce.Read(SomeBounce.Words(
            "User Ada Lovelace (ada@example.com) not found.\n\n550 5.1.1 ada@example.com: user ada unknown\nSubject: Secret subject\n\n----- Original message -----\n" + SomeBounce.Mail));

        var bounce = report.Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which;
        bounce.Diagnostic.Should().StartWith("550 5.1.1").And.NotContainAny("ada", "Lovelace", "Secret");
        $"{report} {bounce}".Should().NotContainAny("ada", "example.com", "Secret");
    }
}
