using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Conversations with a real SMTP server on loopback; S numbers are rows of the fault list.</summary>
public class SmtpTransportTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hands_over_one_mail_in_one_conversation()
    {
        await using var server = LocalSmtpServer.Start();

        var receipt = await Mailer(server).SendAsync(Some.Email() with { Bcc = ["grace@example.com"], EnvelopeSender = "bounces@acme.example" }, s_ct);

        var received = server.Messages.Should().ContainSingle().Which;
        received.EnvelopeSender.Should().Be("bounces@acme.example");
        received.EnvelopeRecipients.Should().Equal("ada@example.com", "grace@example.com");
        received.HasBareLineEndings.Should().BeFalse();
        System.Text.Encoding.UTF8.GetString(received.Raw.Span).Should().NotContain("grace").And.EndWith("\r\n");
        using var message = received.Parse();
        message.MessageId.Should().Be(receipt.MessageId);
        message.Headers["X-TransactionalMail-Id"].Should().Be(receipt.Id.ToString());
        receipt.Recipients.Should().HaveCount(2).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.TransportName == "smtp");
        server.Transcript.Commands[^1].Should().Be("QUIT");
    }

    [Theory]
    [InlineData(SmtpServerSecurity.StartTls)]
    [InlineData(SmtpServerSecurity.Tls)]
    public async Task Secures_the_connection_and_authenticates(SmtpServerSecurity security)
    {
        await using var server = LocalSmtpServer.Start(new() { Security = security, UserName = "acme", Password = "s3cr3t" });

        await Mailer(server, smtp =>
        {
            smtp.UserName = "acme";
            smtp.Password = "s3cr3t";
            smtp.CertificateValidation = (_, certificate, _, _) => server.Certificate!.Equals(certificate);
        }).SendAsync(Some.Email(), s_ct);

        var received = server.Messages.Should().ContainSingle().Which;
        received.IsSecure.Should().BeTrue();
        received.UserName.Should().Be("acme");
    }

    [Fact]
    public async Task Refuses_a_certificate_nobody_vouches_for_S16()
    {
        await using var server = LocalSmtpServer.Start(new() { Security = SmtpServerSecurity.StartTls });

        var failure = await FailureOf(Mailer(server));

        failure.Failure.Should().Be(TransportFailure.Tls);
        failure.Message.Should().Contain("certificate");
        server.Transcript.Commands.Should().NotContain(c => c.StartsWith("MAIL"));
    }

    [Fact]
    public async Task Sends_nothing_where_STARTTLS_was_stripped_S17()
    {
        await using var server = LocalSmtpServer.Start();

        var failure = await FailureOf(Mailer(server, smtp => smtp.Security = SmtpSecurity.StartTls));

        failure.Failure.Should().Be(TransportFailure.Tls);
        failure.Message.Should().Contain("STARTTLS");
        server.Transcript.Commands.Should().OnlyContain(c => c.StartsWith("EHLO") || c == "QUIT");
    }

    [Fact]
    public async Task Blames_the_credentials_when_they_are_refused_S19()
    {
        await using var server = LocalSmtpServer.Start(new() { UserName = "acme", Password = "right" });

        var failure = await FailureOf(Mailer(server, Plain("wr0ng-s3cr3t")));

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.ProviderCode.Should().Be("535");
        failure.ToString().Should().NotContain("wr0ng-s3cr3t");
        server.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Waits_for_a_relay_that_cannot_authenticate_at_the_moment_S19()
    {
        await using var server = LocalSmtpServer.Start(new() { UserName = "acme", Password = "right" });
        server.Reply(SmtpStage.Auth, "454 4.7.0 Temporary authentication failure");

        (await FailureOf(Mailer(server, Plain("right")))).Failure.Should().Be(TransportFailure.Unavailable);
    }

    [Theory]
    [InlineData("421 4.3.2 Too busy", TransportFailure.Unavailable)]
    [InlineData("554 5.7.1 No service for you", TransportFailure.SenderRejected)]
    public async Task Understands_a_refused_connection_S01(string greeting, TransportFailure expected)
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(SmtpStage.Connect, greeting);

        (await FailureOf(Mailer(server))).Failure.Should().Be(expected);
    }

    [Fact]
    public async Task Recognises_a_server_that_does_not_speak_SMTP_S03()
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(SmtpStage.Connect, SmtpReply.Raw("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()));

        (await FailureOf(Mailer(server))).Message.Should().Contain("did not answer as an SMTP relay");
    }

    [Theory]
    [InlineData("450 4.7.1 Greylisted", TransportFailure.Unavailable)]
    [InlineData("451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData("452 4.3.1 Full", TransportFailure.Unavailable)]
    [InlineData("550 5.7.1 Not you", TransportFailure.SenderRejected)]
    [InlineData("552 5.3.4 Too large", TransportFailure.MessageTooLarge)]
    [InlineData("553 5.1.8 Bad sender", TransportFailure.SenderRejected)]
    public async Task Understands_a_refused_sender_S04(string reply, TransportFailure expected)
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(SmtpStage.MailFrom, reply);

        var failure = await FailureOf(Mailer(server));

        failure.Failure.Should().Be(expected);
        failure.ProviderCode.Should().Be(reply[..3]);
        failure.EnhancedCode.Should().Be(reply[4..9]);
        failure.MayHaveBeenAccepted.Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reports_each_recipient_on_its_own_S05(bool pipelining)
    {
        await using var server = LocalSmtpServer.Start(new() { Pipelining = pipelining });
        server.RejectRecipient("gone@example.com");
        server.RejectRecipient("full@example.com", "452 4.2.2 <full@example.com> mailbox full");

        var receipt = await Mailer(server).SendAsync(Some.Email("ada@example.com", "gone@example.com", "full@example.com"), s_ct);

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Rejected, RecipientStatus.Deferred);
        receipt.Recipients[2].Diagnostic.Should().Be("452 4.2.2 <address> mailbox full");
        server.Messages.Should().ContainSingle().Which.EnvelopeRecipients.Should().Equal("ada@example.com");
    }

    [Fact]
    public async Task Sends_no_content_where_every_recipient_is_refused_S06()
    {
        await using var server = LocalSmtpServer.Start();
        server.RejectRecipient("gone@example.com");
        server.RejectRecipient("full@example.com", "452 4.2.2 Mailbox full");

        var sending = () => Mailer(server).SendAsync(Some.Email("gone@example.com", "full@example.com"), s_ct);

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        failure.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Rejected, RecipientStatus.Deferred);
        failure.IsTransient.Should().BeTrue();
        server.Transcript.Commands.Should().NotContain("DATA");
    }

    [Theory]
    [InlineData(SmtpStage.MailFrom)]
    [InlineData(SmtpStage.RcptTo)]
    [InlineData(SmtpStage.Data)]
    [InlineData(SmtpStage.EndOfData)]
    public async Task Stops_where_the_relay_shuts_down_S07(SmtpStage stage)
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(stage, SmtpReply.FromString("421 4.3.2 Shutting down").ThenClose());

        var failure = await FailureOf(Mailer(server));

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.MayHaveBeenAccepted.Should().BeFalse();
    }

    [Theory]
    [InlineData(SmtpStage.Data, "451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData(SmtpStage.Data, "554 5.5.1 No", TransportFailure.MessageRejected)]
    [InlineData(SmtpStage.EndOfData, "451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData(SmtpStage.EndOfData, "554 5.7.1 Spam", TransportFailure.MessageRejected)]
    [InlineData(SmtpStage.EndOfData, "552 5.3.4 Too large", TransportFailure.MessageTooLarge)]
    public async Task A_refused_content_is_never_in_doubt_S08_S09(SmtpStage stage, string reply, TransportFailure expected)
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(stage, reply);

        var failure = await FailureOf(Mailer(server));

        failure.Failure.Should().Be(expected);
        failure.MayHaveBeenAccepted.Should().BeFalse();
    }

    [Theory]
    [InlineData("251 2.0.0 Forwarded")]
    [InlineData("259 2.0.0 Whatever")]
    public async Task Any_positive_answer_to_the_content_is_an_acceptance_S10(string reply)
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(SmtpStage.EndOfData, reply);

        (await Mailer(server).SendAsync(Some.Email(), s_ct)).Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_mail_in_doubt_S11()
    {
        foreach (var ending in new[] { SmtpReply.Close, SmtpReply.Reset, SmtpReply.Raw("25"u8.ToArray()).ThenClose() })
        {
            await using var server = LocalSmtpServer.Start();
            server.Reply(SmtpStage.EndOfData, ending);

            var sending = () => Mailer(server).SendAsync(Some.Email(), s_ct);

            var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
            failure.MayHaveBeenAccepted.Should().BeTrue();
            failure.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Unknown);
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_end_leaves_no_doubt_S12()
    {
        foreach (var ending in new[] { SmtpReply.Close, SmtpReply.Reset, SmtpReply.FromString("354 Go ahead").ThenReset(afterBytes: 10_000) })
        {
            await using var server = LocalSmtpServer.Start();
            server.Reply(SmtpStage.Data, ending);

            var failure = await FailureOf(Mailer(server), Some.Email() with { Attachments = [new("big.bin", new byte[16 << 20])] });

            failure.Failure.Should().Be(TransportFailure.Network);
            failure.MayHaveBeenAccepted.Should().BeFalse();
        }
    }

    [Fact]
    public async Task Its_own_deadline_ends_a_silent_relay_S13()
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(SmtpStage.EndOfData, SmtpReply.Silence);

        var failure = await FailureOf(Mailer(server, smtp => smtp.SendTimeout = TimeSpan.FromMilliseconds(300)));

        failure.Failure.Should().Be(TransportFailure.Timeout);
        failure.MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task Its_own_deadline_ends_a_relay_that_never_greets_S14()
    {
        await using var server = LocalSmtpServer.Start();
        server.Reply(SmtpStage.Connect, SmtpReply.FromString("220 slow").Trickled(1, TimeSpan.FromMilliseconds(100)));

        var failure = await FailureOf(Mailer(server, smtp => smtp.ConnectTimeout = TimeSpan.FromMilliseconds(300)));

        failure.Failure.Should().Be(TransportFailure.Timeout);
        failure.MayHaveBeenAccepted.Should().BeFalse();
    }

    [Fact]
    public async Task Keeps_a_mail_back_that_is_larger_than_the_relay_takes_S21()
    {
        await using var server = LocalSmtpServer.Start(new() { MaxMessageSize = 10_000 });

        var failure = await FailureOf(Mailer(server), Some.Email() with { Attachments = [new("big.bin", new byte[20_000])] });

        failure.Failure.Should().Be(TransportFailure.MessageTooLarge);
        failure.Message.Should().Contain("10,000");
        server.Transcript.Commands.Should().NotContain(c => c.StartsWith("MAIL"));
    }

    [Fact]
    public async Task Reports_an_international_mailbox_the_relay_cannot_reach_S23()
    {
        await using var server = LocalSmtpServer.Start(new() { SmtpUtf8 = false });

        var receipt = await Mailer(server).SendAsync(Some.Email("ada@example.com", "δοκιμή@example.com"), s_ct);

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Rejected);
        receipt.Recipients[1].Diagnostic.Should().Contain("SMTPUTF8");
    }

    [Fact]
    public async Task Reaches_an_international_mailbox_where_the_relay_can()
    {
        await using var server = LocalSmtpServer.Start();

        await Mailer(server).SendAsync(Some.Email("δοκιμή@bücher.example"), s_ct);

        var received = server.Messages.Should().ContainSingle().Which;
        received.MailParameters.Should().ContainKey("SMTPUTF8");
        received.EnvelopeRecipients.Should().ContainSingle().Which.Should().StartWith("δοκιμή@");
    }

    [Fact]
    public async Task Tells_an_international_domain_in_its_ASCII_form_M04()
    {
        await using var server = LocalSmtpServer.Start(new() { SmtpUtf8 = false });

        await Mailer(server).SendAsync(Some.Email("ada@bücher.example"), s_ct);

        server.Messages.Should().ContainSingle().Which.EnvelopeRecipients.Should().Equal("ada@xn--bcher-kva.example");
    }

    [Fact]
    public async Task Says_that_nobody_listens_there()
    {
        var port = ClosedPort();

        var failure = await FailureOf(Mailer(smtp => (smtp.Host, smtp.Port) = ("127.0.0.1", port)));

        failure.Failure.Should().Be(TransportFailure.Network);
        failure.Message.Should().Contain($"127.0.0.1:{port}").And.Contain("ConnectionRefused");
    }

    [Fact]
    public async Task An_attachment_that_cannot_be_read_stops_the_mail_before_it_begins_S28()
    {
        await using var server = LocalSmtpServer.Start();
        var broken = new EmailAttachment("broken.bin", _ => throw new IOException("The disk is gone."));

        var sending = () => Mailer(server).SendAsync(Some.Email() with { Attachments = [broken] }, s_ct);

        await sending.Should().ThrowAsync<Exception>();
        server.ConnectionCount.Should().Be(0);
    }

    [Fact]
    public async Task Cancelling_before_the_content_is_out_sends_nothing_S29()
    {
        await using var server = LocalSmtpServer.Start();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(s_ct);
        server.On(SmtpStage.RcptTo, _ =>
        {
            cancellation.Cancel();
            return SmtpReply.Silence;
        });

        var sending = () => Mailer(server).SendAsync(Some.Email(), cancellation.Token);

        await sending.Should().ThrowAsync<OperationCanceledException>();
        server.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancelling_after_the_content_is_out_is_in_doubt_S29()
    {
        await using var server = LocalSmtpServer.Start();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(s_ct);
        server.On(SmtpStage.EndOfData, _ =>
        {
            cancellation.Cancel();
            return SmtpReply.Silence;
        });

        var sending = () => Mailer(server).SendAsync(Some.Email(), cancellation.Token);

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.MayHaveBeenAccepted.Should().BeTrue();
    }

    private static async Task<MailTransportException> FailureOf(ITransactionalMailer mailer, EmailMessage? message = null)
    {
        var sending = () => mailer.SendAsync(message ?? Some.Email(), s_ct);
        return (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle().Which;
    }

    private static Action<SmtpOptions> Plain(string password) => smtp =>
    {
        smtp.UserName = "acme";
        smtp.Password = password;
        smtp.AllowUnencryptedAuthentication = true;
    };

    private static ITransactionalMailer Mailer(LocalSmtpServer server, Action<SmtpOptions>? configure = null) =>
        Some.Services(mail => mail.AddTransport("smtp", server.Dsn).AddSmtp("smtp", configure)).BuildServiceProvider().GetRequiredService<ITransactionalMailer>();

    private static ITransactionalMailer Mailer(Action<SmtpOptions> configure) =>
        Some.Services(mail => mail.AddSmtp(smtp =>
        {
            smtp.Security = SmtpSecurity.None;
            configure(smtp);
        })).BuildServiceProvider().GetRequiredService<ITransactionalMailer>();

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
