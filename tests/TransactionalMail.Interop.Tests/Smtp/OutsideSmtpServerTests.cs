using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>Conversations with SMTP servers that share nothing with ours; S numbers are rows of the fault list.</summary>
public sealed class OutsideSmtpServerTests
{
    private const string AioSmtpd = OutsideSmtpServer.AioSmtpd;
    private const string SmtpServer = OutsideSmtpServer.SmtpServer;

    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    public static TheoryData<string> Servers => [AioSmtpd, SmtpServer];

    [Theory]
    [InlineData(AioSmtpd, SmtpSecurity.None)]
    [InlineData(AioSmtpd, SmtpSecurity.StartTls)]
    [InlineData(AioSmtpd, SmtpSecurity.Tls)]
    [InlineData(SmtpServer, SmtpSecurity.None)]
    [InlineData(SmtpServer, SmtpSecurity.StartTls)]
    [InlineData(SmtpServer, SmtpSecurity.Tls)]
    public async Task Receives_the_bytes_that_were_sent(string name, SmtpSecurity security)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Security = security }, s_ct);
        var sent = new SentBytes();
        await using var application = new Application(server.Port, smtp => smtp.Security = security, sent);

        var receipt = await application.SendAsync(Application.Mail with { Cc = ["grace@example.com"], Bcc = ["blind@example.com"], EnvelopeSender = "bounces@acme.example" });

        receipt.Recipients.Should().HaveCount(3).And.OnlyContain(recipient => recipient.Status == RecipientStatus.Accepted && recipient.TransportName == "smtp");
        var received = (await server.StopAsync(s_ct)).Should().ContainSingle().Which;
        received.Content.Should().Equal(sent.Mails.Should().ContainSingle().Which);
        received.Sender.Should().Be("bounces@acme.example");
        received.Recipients.Should().Equal("ada@example.com", "grace@example.com", "blind@example.com");
        received.Secure.Should().Be(security is not SmtpSecurity.None);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Receives_each_of_50_parallel_mails_once_S27(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new(), s_ct);
        await using var application = new Application(server.Port);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => application.SendAsync(Application.Mail with { To = [$"user{i}@example.com"] })));

        receipts.Should().OnlyContain(receipt => receipt.Attempts == 1);
        (await server.StopAsync(s_ct)).Select(message => message.Recipients.Single()).Should().BeEquivalentTo(Enumerable.Range(0, 50).Select(i => $"user{i}@example.com"));
    }

    [Theory]
    [InlineData(AioSmtpd, "PLAIN")]
    [InlineData(AioSmtpd, "LOGIN")]
    [InlineData(SmtpServer, "PLAIN")]
    [InlineData(SmtpServer, "LOGIN")]
    public async Task Authenticates(string name, string mechanism)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, AcmeOnly(mechanism), s_ct);
        await using var application = new Application(server.Port, Credentials("pass wörd"));

        await application.SendAsync();

        (await server.StopAsync(s_ct)).Should().ContainSingle().Which.User.Should().Be("acme");
    }

    [Fact]
    public async Task Authenticates_with_a_token()
    {
        await using var server = await OutsideSmtpServer.StartAsync(SmtpServer, AcmeOnly("XOAUTH2") with { AccessToken = "t0ken" }, s_ct);
        await using var application = new Application(server.Port, Token("t0ken"));

        await application.SendAsync();

        (await server.StopAsync(s_ct)).Should().ContainSingle().Which.User.Should().Be("acme");
    }

    [Fact]
    public async Task Refuses_a_token_that_is_not_the_users_S19()
    {
        await using var server = await OutsideSmtpServer.StartAsync(SmtpServer, AcmeOnly("XOAUTH2") with { AccessToken = "t0ken" }, s_ct);
        await using var application = new Application(server.Port, Token("st0len"));

        var failure = (await application.FailAsync()).Failures.Should().ContainSingle().Which;

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.ToString().Should().NotContain("st0len");
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Refuses_a_wrong_password_S19(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, AcmeOnly("PLAIN", "LOGIN"), s_ct);
        await using var application = new Application(server.Port, Credentials("wr0ng-s3cr3t"));

        var failure = (await application.FailAsync()).Failures.Should().ContainSingle().Which;

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.ProviderCode.Should().Be("535");
        failure.ToString().Should().NotContain("wr0ng-s3cr3t");
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Refuses_a_client_that_does_not_authenticate_S19(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, AcmeOnly("PLAIN"), s_ct);
        await using var application = new Application(server.Port, Secured);

        var failure = (await application.FailAsync()).Failures.Should().ContainSingle().Which;

        failure.Failure.Should().Be(TransportFailure.Authentication);
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(AioSmtpd, SmtpSecurity.StartTls)]
    [InlineData(SmtpServer, SmtpSecurity.StartTls)]
    [InlineData(SmtpServer, SmtpSecurity.Tls)]
    public async Task Gets_nothing_with_a_certificate_nobody_vouches_for_S16(string name, SmtpSecurity security)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Security = security }, s_ct);
        await using var application = new Application(server.Port, smtp => (smtp.Security, smtp.CertificateValidation) = (security, null));

        (await application.FailAsync()).Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.Tls);

        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Gets_nothing_without_STARTTLS_S17(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new(), s_ct);
        await using var application = new Application(server.Port, Secured);

        (await application.FailAsync()).Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.Tls);

        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Answers_for_each_recipient_S05(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Recipients = s_refusals }, s_ct);
        await using var application = new Application(server.Port);

        var receipt = await application.SendAsync(Application.Mail with { To = ["gone@example.com", "ada@example.com", "grace@example.com"] });

        receipt.Recipients.Select(recipient => recipient.Status).Should().Equal(RecipientStatus.Rejected, RecipientStatus.Accepted, RecipientStatus.Deferred);
        receipt.Recipients[0].Diagnostic.Should().StartWith("550 ").And.Contain("5.1.1").And.Contain("No such mailbox");
        receipt.Recipients[2].Diagnostic.Should().StartWith("452 ").And.Contain("4.2.2").And.Contain("Mailbox full");
        (await server.StopAsync(s_ct)).Should().ContainSingle().Which.Recipients.Should().Equal("ada@example.com");
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Refuses_every_recipient_S06(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Recipients = s_refusals }, s_ct);
        await using var application = new Application(server.Port);

        var failure = await application.FailAsync(Application.Mail with { To = ["gone@example.com", "grace@example.com"] });

        failure.Recipients.Select(recipient => recipient.Status).Should().Equal(RecipientStatus.Rejected, RecipientStatus.Deferred);
        failure.MayHaveBeenAccepted.Should().BeFalse();
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Takes_a_greylisted_mail_from_a_sender_that_tries_again_S05(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Greylist = true }, s_ct);
        await using var application = new Application(server.Port, attempts: 2);

        var receipt = await application.SendAsync();

        receipt.Attempts.Should().Be(2);
        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Accepted);
        (await server.StopAsync(s_ct)).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Sends_the_same_bytes_again_where_a_lost_reply_leaves_doubt_S11(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Break = "afterContent" }, s_ct);
        await using var application = new Application(server.Port, attempts: 3);

        var failure = await application.FailAsync();

        failure.MayHaveBeenAccepted.Should().BeTrue();
        var received = await server.StopAsync(s_ct);
        received.Should().HaveCount(3);
        received.Should().OnlyContain(message => message.Content.SequenceEqual(received[0].Content));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Takes_a_greylisted_mail_the_second_time_S05(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Greylist = true }, s_ct);
        await using var application = new Application(server.Port);

        var failure = await application.FailAsync();
        var receipt = await application.SendAsync();

        failure.IsTransient.Should().BeTrue();
        failure.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Deferred);
        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Accepted);
        (await server.StopAsync(s_ct)).Should().ContainSingle();
    }

    [Theory]
    [InlineData(AioSmtpd, "451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData(AioSmtpd, "554 5.7.1 Spam", TransportFailure.MessageRejected)]
    [InlineData(SmtpServer, "451 4.3.0 Later", TransportFailure.Unavailable)]
    [InlineData(SmtpServer, "554 5.7.1 Spam", TransportFailure.MessageRejected)]
    public async Task Refuses_the_content_without_a_doubt_S09(string name, string reply, TransportFailure expected)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Content = reply }, s_ct);
        await using var application = new Application(server.Port);

        var failure = await application.FailAsync();

        failure.Failures.Should().ContainSingle().Which.Failure.Should().Be(expected);
        failure.MayHaveBeenAccepted.Should().BeFalse();
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Leaves_a_mail_in_doubt_by_breaking_off_after_its_content_S11(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Break = "afterContent" }, s_ct);
        await using var application = new Application(server.Port);

        var failure = await application.FailAsync();

        failure.MayHaveBeenAccepted.Should().BeTrue();
        failure.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Unknown);
        failure.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.Network);
        (await server.StopAsync(s_ct)).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Leaves_no_doubt_by_breaking_off_during_the_content_S12(string name)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { Break = "duringContent" }, s_ct);
        await using var application = new Application(server.Port);

        var failure = await application.FailAsync(Application.Mail with { Attachments = [new EmailAttachment("big.bin", new byte[16 << 20])] });

        failure.MayHaveBeenAccepted.Should().BeFalse();
        failure.IsTransient.Should().BeTrue();
        failure.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.Network);
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(AioSmtpd, false)]
    [InlineData(SmtpServer, false)]
    [InlineData(SmtpServer, true)]
    public async Task Gets_nothing_larger_than_it_takes_S21(string name, bool hideSize)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { MaxSize = 10_000, HideSize = hideSize }, s_ct);
        await using var application = new Application(server.Port);

        var failure = await application.FailAsync();

        failure.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.MessageTooLarge);
        failure.MayHaveBeenAccepted.Should().BeFalse();
        (await server.StopAsync(s_ct)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(AioSmtpd, true)]
    [InlineData(AioSmtpd, false)]
    [InlineData(SmtpServer, true)]
    [InlineData(SmtpServer, false)]
    public async Task Gets_an_international_mailbox_only_with_SMTPUTF8_S23(string name, bool smtpUtf8)
    {
        await using var server = await OutsideSmtpServer.StartAsync(name, new() { SmtpUtf8 = smtpUtf8 }, s_ct);
        var sent = new SentBytes();
        await using var application = new Application(server.Port, sent: sent);

        var receipt = await application.SendAsync(Application.Mail with { To = ["ada@bücher.example", "δοκιμή@bücher.example"] });

        receipt.Recipients.Select(recipient => recipient.Status).Should().Equal(RecipientStatus.Accepted, smtpUtf8 ? RecipientStatus.Accepted : RecipientStatus.Rejected);
        var received = (await server.StopAsync(s_ct)).Should().ContainSingle().Which;
        received.Content.Should().Equal(sent.Mails.Should().ContainSingle().Which);
        received.Recipients.Should().HaveCount(smtpUtf8 ? 2 : 1);
        if (smtpUtf8) received.Recipients[1].Should().StartWith("δοκιμή@");
    }

    private static readonly Dictionary<string, string> s_refusals = new()
    {
        ["gone@example.com"] = "550 5.1.1 No such mailbox",
        ["grace@example.com"] = "452 4.2.2 Mailbox full",
    };

    private static OutsideSmtpSettings AcmeOnly(params string[] mechanisms) =>
        new() { Security = SmtpSecurity.StartTls, UserName = "acme", Password = "pass wörd", Authentication = mechanisms };

    private static Action<SmtpOptions> Credentials(string password) => smtp => (smtp.Security, smtp.UserName, smtp.Password) = (SmtpSecurity.StartTls, "acme", password);

    private static Action<SmtpOptions> Token(string token) => smtp => (smtp.Security, smtp.UserName, smtp.AccessToken) = (SmtpSecurity.StartTls, "acme", _ => ValueTask.FromResult(token));

    private static void Secured(SmtpOptions smtp) => smtp.Security = SmtpSecurity.StartTls;
}
