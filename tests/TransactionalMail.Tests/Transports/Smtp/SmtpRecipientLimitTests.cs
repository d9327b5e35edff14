using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Mail with more recipients than one transaction takes.</summary>
public class SmtpRecipientLimitTests
{
    [Theory]
    [InlineData("452 4.5.3 Too many recipients", true)]
    [InlineData("452 4.5.3 Too many recipients", false)]
    [InlineData("452 Too many recipients", true)]
    [InlineData("552 Too many recipients", true)]
    [InlineData("550 5.5.3 Too many recipients", true)]
    public async Task Sends_the_rest_in_further_transactions_where_the_relay_has_enough_S22(string reply, bool pipelining)
    {
        await using var relay = Relay.Start(new() { Pipelining = pipelining, EnhancedStatusCodes = false });
        relay.Server.On(SmtpStage.RcptTo, command => command.RecipientCount == 3 ? reply : null);

        var receipt = await relay.SendAsync(Some.Email(Recipients(8)));

        receipt.Recipients.Should().HaveCount(8).And.OnlyContain(r => r.Status == RecipientStatus.Accepted);
        receipt.Attempts.Should().Be(1);
        relay.Server.Messages.Select(m => m.EnvelopeRecipients.Count).Should().Equal(3, 3, 2);
        relay.Server.Messages.SelectMany(m => m.EnvelopeRecipients).Should().Equal(Recipients(8).Select(r => r.Address));
        relay.Server.Messages.Select(m => Convert.ToHexString(m.Raw.Span)).Distinct().Should().ContainSingle("every transaction carries the same bytes");
        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Fact]
    public async Task A_full_mailbox_is_not_a_limit_S22()
    {
        await using var relay = Relay.Start();
        relay.Server.RejectRecipient("user1@example.com", "452 4.2.2 Mailbox full");

        var receipt = await relay.SendAsync(Some.Email(Recipients(3)));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Deferred, RecipientStatus.Accepted);
        relay.Server.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task A_refusal_that_could_be_either_is_settled_by_a_transaction_of_its_own_S22()
    {
        await using var relay = Relay.Start();
        relay.Server.RejectRecipient("user1@example.com", "452 Insufficient storage");

        var receipt = await relay.SendAsync(Some.Email(Recipients(3)));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Deferred, RecipientStatus.Accepted);
        relay.Server.Messages.Should().ContainSingle();
        relay.Count("MAIL").Should().Be(2);
    }

    [Theory]
    [InlineData("250-localhost\n250-PIPELINING\n250 LIMITS RCPTMAX=2")]
    [InlineData("250-localhost\n250-limits MAILMAX=100 rcptmax=2 RCPTDOMAINMAX=5\n250 PIPELINING")]
    public async Task Keeps_to_the_limit_the_relay_announces_S22(string extensions)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Ehlo, extensions);

        await relay.SendAsync(Some.Email(Recipients(5)));

        relay.Server.Messages.Select(m => m.EnvelopeRecipients.Count).Should().Equal(2, 2, 1);
    }

    [Fact]
    public async Task Keeps_to_the_limit_of_its_options_S22()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 4);

        await relay.SendAsync(Some.Email(Recipients(9)));

        relay.Server.Messages.Select(m => m.EnvelopeRecipients.Count).Should().Equal(4, 4, 1);
    }

    [Fact]
    public async Task Opens_another_connection_where_the_relay_limits_transactions_S22()
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Ehlo, "250-localhost\n250 LIMITS MAILMAX=2");

        for (var i = 0; i < 5; i++) await relay.SendAsync();

        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 1, 2, 2, 3);
    }

    [Fact]
    public async Task Opens_another_connection_amid_a_mail_too_S22()
    {
        await using var relay = Relay.Start(smtp: smtp => (smtp.MaxRecipientsPerTransaction, smtp.MaxMessagesPerConnection) = (1, 2));

        var receipt = await relay.SendAsync(Some.Email(Recipients(5)));

        receipt.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 1, 2, 2, 3);
        relay.Server.Transcript.Lines.Where(l => l.ConnectionId == 1 && l.Speaker == SmtpSpeaker.Client).Last().Text.Should().Be("QUIT");
    }

    [Theory]
    [InlineData("451 4.3.0 Later", RecipientStatus.Deferred)]
    [InlineData("421 4.3.2 Shutting down", RecipientStatus.Deferred)]
    [InlineData("554 5.7.1 Spam", RecipientStatus.Rejected)]
    public async Task What_was_accepted_stays_accepted_where_a_later_transaction_fails_S22(string reply, RecipientStatus expected)
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 2);
        relay.Server.On(SmtpStage.EndOfData, command => command.Message!.EnvelopeRecipients.Contains("user2@example.com") ? reply : null);

        var receipt = await relay.SendAsync(Some.Email([.. Recipients(3), "mail@example.com"]));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Accepted, expected, expected);
        receipt.Recipients[3].Diagnostic.Should().Contain(reply[..3]).And.NotContain("***", "our own words name nobody");
    }

    [Fact]
    public async Task What_was_accepted_stays_accepted_where_a_later_answer_is_lost_S22()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 1);
        relay.Server.On(SmtpStage.EndOfData, command => command.Message!.EnvelopeRecipients.Contains("user1@example.com") ? SmtpReply.Close : null);

        var receipt = await relay.SendAsync(Some.Email(Recipients(3)));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Unknown, RecipientStatus.Deferred);
    }

    [Fact]
    public async Task What_was_accepted_stays_accepted_where_the_caller_gives_up_S22_S29()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 1);
        relay.Server.On(SmtpStage.RcptTo, command =>
        {
            if (command.Mailbox != "user1@example.com") return null;
            cancellation.Cancel();
            return SmtpReply.Silence;
        });

        var receipt = await relay.SendAsync(Some.Email(Recipients(3)), cancellation.Token);

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Deferred, RecipientStatus.Deferred);
    }

    [Fact]
    public async Task A_relay_that_closes_between_transactions_gets_the_rest_over_a_fresh_connection_S22_S25()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 2);
        relay.Server.ReplyOnce(SmtpStage.EndOfData, SmtpReply.Default.ThenClose());

        var receipt = await relay.SendAsync(Some.Email(Recipients(4)));

        receipt.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
        relay.Server.Messages.Select(m => (m.ConnectionId, m.EnvelopeRecipients.Count)).Should().Equal((1, 2), (2, 2));
    }

    private static EmailAddress[] Recipients(int count) => [.. Enumerable.Range(0, count).Select(i => new EmailAddress($"user{i}@example.com"))];
}
