using System.Text;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>What a relay is told, and what it takes. S numbers are rows of the fault list, here and in the files beside this one.</summary>
public class SmtpConversationTests
{
    [Fact]
    public async Task Hands_over_one_mail_in_one_conversation()
    {
        await using var relay = Relay.Start();

        var receipt = await relay.SendAsync(Some.Email() with { Bcc = ["grace@example.com"], EnvelopeSender = "bounces@acme.example" });
        await relay.StopApplicationAsync();

        var received = relay.Server.Messages.Should().ContainSingle().Which;
        received.EnvelopeSender.Should().Be("bounces@acme.example");
        received.EnvelopeRecipients.Should().Equal("ada@example.com", "grace@example.com");
        received.HasBareLineEndings.Should().BeFalse();
        Encoding.UTF8.GetString(received.Raw.Span).Should().NotContain("grace").And.EndWith("\r\n");
        using var message = received.Parse();
        message.MessageId.Should().Be(receipt.MessageId);
        message.Headers["X-TransactionalMail-Id"].Should().Be(receipt.Id.ToString());
        receipt.Recipients.Should().HaveCount(2).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.TransportName == "smtp");
        relay.Server.Transcript.Commands[^1].Should().Be("QUIT");
    }

    [Theory]
    [InlineData("251 2.0.0 Forwarded")]
    [InlineData("259 2.0.0 Whatever")]
    public async Task Any_positive_answer_to_the_content_is_an_acceptance_S10(string reply)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.EndOfData, reply);

        (await relay.SendAsync()).Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
    }

    [Fact]
    public async Task Keeps_a_mail_back_that_is_larger_than_the_relay_takes_S21()
    {
        await using var relay = Relay.Start(new() { MaxMessageSize = 10_000 });

        var failure = await relay.FailureAsync(Some.Email() with { Attachments = [new("big.bin", new byte[20_000])] });

        failure.Failure.Should().Be(TransportFailure.MessageTooLarge);
        failure.Message.Should().Contain("10,000");
        failure.IsTransient.Should().BeFalse();
        relay.Server.Transcript.Commands.Should().NotContain(c => c.StartsWith("MAIL"));
    }

    [Fact]
    public async Task A_mail_kept_back_leaves_the_connection_to_the_next_S21()
    {
        await using var relay = Relay.Start(new() { MaxMessageSize = 10_000 });

        await relay.FailureAsync(Some.Email() with { Attachments = [new("big.bin", new byte[20_000])] });
        await relay.SendAsync();

        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Fact]
    public async Task Reports_an_international_mailbox_the_relay_cannot_reach_S23()
    {
        await using var relay = Relay.Start(new() { SmtpUtf8 = false });

        var receipt = await relay.SendAsync(Some.Email("ada@example.com", "δοκιμή@example.com"));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Rejected);
        receipt.Recipients[1].Diagnostic.Should().Contain("SMTPUTF8");
        relay.Server.Transcript.Commands.Should().ContainSingle(c => c.StartsWith("RCPT"));
    }

    [Fact]
    public async Task Asks_for_another_sender_where_the_relay_cannot_be_told_this_one_S23()
    {
        await using var relay = Relay.Start(new() { SmtpUtf8 = false });

        var failure = await relay.FailureAsync(Some.Email() with { EnvelopeSender = "δοκιμή@acme.example" });

        failure.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        relay.Server.Transcript.Commands.Should().NotContain(c => c.StartsWith("MAIL"));
    }

    [Fact]
    public async Task Reaches_an_international_mailbox_where_the_relay_can()
    {
        await using var relay = Relay.Start();

        await relay.SendAsync(Some.Email("δοκιμή@bücher.example"));

        var received = relay.Server.Messages.Should().ContainSingle().Which;
        received.MailParameters.Should().ContainKey("SMTPUTF8");
        received.EnvelopeRecipients.Should().ContainSingle().Which.Should().StartWith("δοκιμή@");
    }

    [Fact]
    public async Task Tells_an_international_domain_in_its_ASCII_form_M04()
    {
        await using var relay = Relay.Start(new() { SmtpUtf8 = false });

        await relay.SendAsync(Some.Email("ada@bücher.example"));

        relay.Server.Messages.Should().ContainSingle().Which.EnvelopeRecipients.Should().Equal("ada@xn--bcher-kva.example");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sends_seven_bits_whose_signature_holds_whatever_the_relay_offers_S24(bool eightBitMime)
    {
        var key = DkimTestKey.ForAcme(DkimTestKey.Rsa2048);
        await using var relay = Relay.Start(new() { EightBitMime = eightBitMime, SmtpUtf8 = eightBitMime }, mail: mail => mail.AddDkim(key));

        await relay.SendAsync(Some.Email() with { Subject = "Grüße 👋", TextBody = "Ein Gruß aus Köln.\r\n.\r\n", HtmlBody = "<p>Grüße</p>" });

        var received = relay.Server.Messages.Should().ContainSingle().Which;
        received.Raw.ToArray().Should().OnlyContain(octet => octet < 128);
        received.MailParameters.Should().NotContainKey("BODY");
        DkimCheck.For(key).Verify(received.Raw.ToArray()).Should().Equal(true);
    }

    [Fact]
    public async Task An_attachment_that_cannot_be_read_stops_the_mail_before_it_begins_S28()
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();
        var broken = new EmailAttachment("broken.bin", _ => ValueTask.FromResult<Stream>(new BreakingStream(100_000)));

        var sending = () => relay.SendAsync(Some.Email() with { Attachments = [broken] });

        await sending.Should().ThrowAsync<EmailValidationException>();
        await relay.SendAsync();
        relay.Server.MessageCount.Should().Be(2);
        relay.Server.ConnectionCount.Should().Be(1);
        relay.Count("MAIL").Should().Be(2);
    }

    [Fact]
    public async Task An_attachment_is_read_once_however_many_transactions_carry_it_S28()
    {
        var opened = 0;
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 1);
        var attachment = new EmailAttachment("list.bin", _ =>
        {
            opened++;
            return ValueTask.FromResult<Stream>(new MemoryStream(new byte[1000]));
        });

        await relay.SendAsync(Some.Email("ada@example.com", "bob@example.com") with { Attachments = [attachment] });

        opened.Should().Be(1);
        relay.Server.Messages.Should().HaveCount(2);
        relay.Server.Messages[1].Raw.ToArray().Should().Equal(relay.Server.Messages[0].Raw.ToArray());
    }

    /// <summary>Gives some bytes and then breaks, as a file on a lost share does.</summary>
    private sealed class BreakingStream(int length) : MemoryStream(new byte[length])
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position < Length ? base.Read(buffer, offset, count) : throw new IOException("The share is gone.");

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = new byte[buffer.Length];
            var count = Read(bytes, 0, bytes.Length);
            bytes.AsMemory(0, count).CopyTo(buffer);
            return ValueTask.FromResult(count);
        }
    }
}
