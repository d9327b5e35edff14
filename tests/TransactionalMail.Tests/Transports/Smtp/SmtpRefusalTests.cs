using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>A definite no, at each point of a transaction.</summary>
public class SmtpRefusalTests
{
    [Theory]
    [InlineData("450 4.7.1 Greylisted", TransportFailure.Unavailable)]
    [InlineData("451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData("452 4.3.1 Full", TransportFailure.Unavailable)]
    [InlineData("550 5.7.1 Not you", TransportFailure.SenderRejected)]
    [InlineData("552 5.3.4 Too large", TransportFailure.MessageTooLarge)]
    [InlineData("553 5.1.8 Bad sender", TransportFailure.SenderRejected)]
    public async Task Understands_a_refused_sender_S04(string reply, TransportFailure expected)
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(SmtpStage.MailFrom, reply);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(expected);
        failure.ProviderCode.Should().Be(reply[..3]);
        failure.EnhancedCode.Should().Be(reply[4..9]);
        failure.MayHaveBeenAccepted.Should().BeFalse();
        await relay.SendAsync();
        relay.Server.ConnectionCount.Should().Be(1, "a refusal says nothing against the connection");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reports_each_recipient_on_its_own_S05(bool pipelining)
    {
        await using var relay = Relay.Start(new() { Pipelining = pipelining });
        relay.Server.RejectRecipient("gone@example.com");
        relay.Server.RejectRecipient("grace@example.com", "452 4.2.2 <grace@example.com> mailbox full");

        var receipt = await relay.SendAsync(Some.Email("ada@example.com", "gone@example.com", "grace@example.com"));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Rejected, RecipientStatus.Deferred);
        receipt.Recipients.Select(r => (r.ProviderCode, r.EnhancedCode)).Should().Equal((null, null), ("550", "5.1.1"), ("452", "4.2.2"));
        receipt.Recipients[2].Diagnostic.Should().Be("452 4.2.2 <address> mailbox full");
        relay.Server.Messages.Should().ContainSingle().Which.EnvelopeRecipients.Should().Equal("ada@example.com");
    }

    [Theory]
    [InlineData("452 4.2.2 Mailbox full", true)]
    [InlineData("550 5.1.1 No such mailbox", false)]
    public async Task Sends_no_content_where_every_recipient_is_refused_S06(string second, bool isTransient)
    {
        await using var relay = Relay.Start();
        relay.Server.RejectRecipient("gone@example.com");
        relay.Server.RejectRecipient("full@example.com", second);

        var failure = await relay.DeliveryFailureAsync(Some.Email("gone@example.com", "full@example.com"));

        failure.Recipients[0].Status.Should().Be(RecipientStatus.Rejected);
        failure.Recipients[1].Status.Should().Be(isTransient ? RecipientStatus.Deferred : RecipientStatus.Rejected);
        failure.IsTransient.Should().Be(isTransient);
        relay.Server.Transcript.Commands.Should().NotContain("DATA");
        await relay.SendAsync();
        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Theory]
    [InlineData(SmtpStage.MailFrom, true)]
    [InlineData(SmtpStage.RcptTo, true)]
    [InlineData(SmtpStage.Data, true)]
    [InlineData(SmtpStage.EndOfData, true)]
    [InlineData(SmtpStage.MailFrom, false)]
    [InlineData(SmtpStage.RcptTo, false)]
    [InlineData(SmtpStage.Data, false)]
    [InlineData(SmtpStage.EndOfData, false)]
    public async Task Stops_where_the_relay_shuts_down_S07(SmtpStage stage, bool closes)
    {
        await using var relay = Relay.Start();
        var reply = SmtpReply.FromString("421 4.3.2 Shutting down");
        relay.Server.ReplyOnce(stage, closes ? reply.ThenClose() : reply);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.ProviderCode.Should().Be("421");
        failure.MayHaveBeenAccepted.Should().BeFalse();
        relay.Server.ConnectionCount.Should().Be(1, "a fresh connection is not replayed");
        await relay.SendAsync();
        relay.Server.ConnectionCount.Should().Be(2, "a relay that says 421 is left, even where it stays");
    }

    [Fact]
    public async Task Stops_where_the_relay_shuts_down_between_recipients_S07()
    {
        await using var relay = Relay.Start();
        relay.Server.RejectRecipient("bob@example.com", SmtpReply.FromString("421 4.3.2 Shutting down").ThenClose());

        var failure = await relay.FailureAsync(Some.Email("ada@example.com", "bob@example.com", "eve@example.com"));

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        relay.Server.MessageCount.Should().Be(0);
        relay.Server.Transcript.Commands.Should().NotContain("DATA");
    }

    [Theory]
    [InlineData(SmtpStage.Data, "451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData(SmtpStage.Data, "554 5.5.1 No", TransportFailure.MessageRejected)]
    [InlineData(SmtpStage.EndOfData, "451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData(SmtpStage.EndOfData, "554 5.7.1 Spam", TransportFailure.MessageRejected)]
    [InlineData(SmtpStage.EndOfData, "552 5.3.4 Too large", TransportFailure.MessageTooLarge)]
    public async Task A_refused_content_is_never_in_doubt_S08_S09(SmtpStage stage, string reply, TransportFailure expected)
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(stage, reply);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(expected);
        failure.MayHaveBeenAccepted.Should().BeFalse();
        await relay.SendAsync();
        relay.Server.ConnectionCount.Should().Be(1);
    }
}
