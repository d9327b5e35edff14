namespace TransactionalMail.Tests.Bounces;

/// <summary>Delivery status notifications: RFC 3464.</summary>
public sealed class StatusReportTests
{
    private const string UnknownUser = """
        Final-Recipient: rfc822; ada@example.com
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 <ada@example.com>:
          Recipient address rejected: User unknown
        Last-Attempt-Date: Tue, 24 Nov 2026 08:59:00 +0000
        """;

    [Fact]
    public void Reads_a_failure_with_everything_it_says()
    {
        var bounce = SomeBounce.Read(SomeBounce.Status(UnknownUser)).Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which;

        (bounce.BounceKind, bounce.SmtpCode, bounce.EnhancedCode).Should().Be((BounceKind.Hard, 550, "5.1.1"));
        (bounce.MailId, bounce.Recipient).Should().Be((SomeBounce.Id, new EmailAddress("ada@example.com")));
        bounce.OccurredAt.Should().Be(new DateTimeOffset(2026, 11, 24, 8, 59, 0, TimeSpan.Zero));
        bounce.Diagnostic.Should().Contain("User unknown").And.NotContain("ada").And.NotContain("\n");
    }

    [Fact]
    public void Reads_every_recipient_of_a_report()
    {
        var report = SomeBounce.Read(SomeBounce.Status("""
            Final-Recipient: rfc822; ada@example.com
            Action: failed
            Status: 5.1.1

            Final-Recipient: rfc822; bob@example.com
            Action: delayed
            Status: 4.2.2

            Final-Recipient: rfc822; cyd@example.com
            Action: delivered
            Status: 2.0.0
            """));

        report.Events.Select(static e => (e.GetType().Name, e.Recipient!.Address)).Should().Equal(
            ("MailBounced", "ada@example.com"), ("MailDeferred", "bob@example.com"), ("MailDelivered", "cyd@example.com"));
    }

    [Theory]
    [InlineData("relayed", "2.0.0")]
    [InlineData("expanded", "2.0.0")]
    [InlineData("deliverable", "2.1.5")]
    public void Says_nothing_of_a_mail_that_only_went_on(string action, string status) =>
        SomeBounce.Read(SomeBounce.Status($"Final-Recipient: rfc822; ada@example.com\nAction: {action}\nStatus: {status}")).Events.Should().BeEmpty();

    [Fact]
    public void Names_the_recipient_the_mail_was_sent_to_not_the_one_it_was_forwarded_to()
    {
        var report = SomeBounce.Read(SomeBounce.Status("Original-Recipient: rfc822; ada@example.com\nFinal-Recipient: rfc822; private@elsewhere.example\nAction: failed\nStatus: 5.1.1"));

        report.Events.Single().Recipient!.Address.Should().Be("ada@example.com");
    }

    [Fact]
    public void Takes_from_the_notice_what_the_fields_leave_out()
    {
        var report = SomeBounce.Read(SomeBounce.Status(
            "Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.0.0\n\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\nStatus: 5.0.0",
            "ada@example.com: 550 5.1.1 User unknown\nbob@example.com: 552 5.2.2 Mailbox full"));

        report.Events.Cast<MailBounced>().Select(static b => (b.BounceKind, b.EnhancedCode)).Should().Equal((BounceKind.Hard, "5.1.1"), (BounceKind.Soft, "5.2.2"));
    }

    [Fact]
    public void Reads_the_fields_where_broken_boundaries_left_them_in_the_text()
    {
        var broken = SomeBounce.Status(UnknownUser).Replace("boundary=b", "boundary=other", StringComparison.Ordinal);

        var bounce = SomeBounce.Read(broken).Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which;
        (bounce.BounceKind, bounce.MailId).Should().Be((BounceKind.Hard, SomeBounce.Id));
    }

    [Theory]
    [InlineData("5.1.1", "smtp; 550 5.1.1 too many recipients this hour", BounceKind.Blocked)]
    [InlineData("5.1.1", "smtp; 552 sorry, that mailbox is over quota (#5.1.1)", BounceKind.Soft)]
    [InlineData("5.7.1", "smtp; 554 5.7.1 User unknown in relay recipient table", BounceKind.Hard)]
    [InlineData("5.7.1", "smtp; 550 5.7.1 Service unavailable; client [192.0.2.1] blocked using bl.example", BounceKind.Blocked)]
    [InlineData("5.1.8", "smtp; 550 5.1.8 Sender address rejected: Domain not found", BounceKind.Blocked)]
    [InlineData("5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled", BounceKind.Soft)]
    [InlineData("5.1.1", "smtp; 550 5.1.1 inactive", BounceKind.Hard)]
    [InlineData("5.4.4", "X-Postfix; Host or domain name not found", BounceKind.Hard)]
    [InlineData("4.4.7", "smtp; 421 4.4.7 Delivery time expired", BounceKind.Soft)]
    [InlineData("5.0.0", "smtp; 556 this domain takes no mail", BounceKind.Hard)]
    [InlineData("4.1.1", "smtp; 450 4.1.1 User unknown", BounceKind.Soft)]
    [InlineData("5.5.0", "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable", BounceKind.Hard)]
    [InlineData("5.0.0", "smtp; 542 <ada@example.com> Rejected", BounceKind.Hard)]
    [InlineData("5.0.0", "smtp; 542 Mail to <ada@example.com> rejected for policy reasons", BounceKind.Blocked)]
    [InlineData("5.0.0", "smtp; 550 Rejected", BounceKind.Blocked)]
    [InlineData("5.0.0", "smtp; 550 No", BounceKind.Undetermined)]
    [InlineData("5.0.0", "smtp; 550 see https://help.example/#user-unknown or write to user-unknown@help.example", BounceKind.Undetermined)]
    public void Weighs_words_and_codes(string status, string diagnostic, BounceKind kind)
    {
        var report = SomeBounce.Read(SomeBounce.Status($"Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: {status}\nDiagnostic-Code: {diagnostic}", "See below."));

        report.Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which.BounceKind.Should().Be(kind);
    }

    [Theory]
    [InlineData("RCPT TO", BounceKind.Hard)]
    [InlineData("MAIL FROM", BounceKind.Blocked)]
    [InlineData("end of DATA", BounceKind.Blocked)]
    public void Knows_what_the_server_answered_to(string command, BounceKind kind)
    {
        var report = SomeBounce.Read(SomeBounce.Status(
            "Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 User unknown",
            $"<ada@example.com>: host mx.example.com[192.0.2.1] said: 550\n    User unknown (in reply to {command} command)"));

        report.Events.Should().ContainSingle().Which.Should().BeOfType<MailBounced>().Which.BounceKind.Should().Be(kind);
    }

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("a@example.com")]
    public void Masks_what_the_diagnostic_says_of_the_person_and_of_the_mail(string address)
    {
        var report = SomeBounce.Read(SomeBounce.Status(
            $"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Notes; User Ada Lovelace ({address}) not listed in directory: Secret subject",
            returned: $"To: Ada Lovelace <{address}>\nSubject: Secret subject\n\nbody"));

        ((MailBounced)report.Events.Single()).Diagnostic.Should().Contain("not listed in directory").And.NotContainAny("Ada", "Lovelace", "example.com", "Secret");
    }

    [Fact]
    public void Gives_the_same_events_the_same_ids_and_other_recipients_others()
    {
        var both = SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\nStatus: 5.1.1");

        var first = SomeBounce.Read(both).Events.Select(static e => e.EventId).ToArray();

        SomeBounce.Read(both).Events.Select(static e => e.EventId).Should().Equal(first);
        first.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Dates_nothing_in_the_future()
    {
        var report = SomeBounce.Read(SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\nLast-Attempt-Date: Fri, 01 Jan 2100 00:00:00 +0000"));

        report.Events.Single().OccurredAt.Should().Be(SomeBounce.Clock.GetUtcNow());
    }
}
