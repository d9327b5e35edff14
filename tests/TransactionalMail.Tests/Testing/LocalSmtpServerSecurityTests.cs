using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

public sealed class LocalSmtpServerSecurityTests
{
    private static readonly LocalSmtpServerOptions s_startTls = new() { Security = SmtpServerSecurity.StartTls };
    private static readonly LocalSmtpServerOptions s_auth = new() { UserName = "ada", Password = "correct horse", AccessToken = "token-1" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SmtpServerSecurity.StartTls, SecureSocketOptions.StartTls)]
    [InlineData(SmtpServerSecurity.Tls, SecureSocketOptions.SslOnConnect)]
    public async Task Receives_over_TLS(SmtpServerSecurity security, SecureSocketOptions client)
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = security });

        await MailKitClient.SendAsync(server, MailKitClient.Message(), client);

        server.Messages.Should().ContainSingle().Which.IsSecure.Should().BeTrue();
        server.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Presents_a_certificate_that_a_client_can_pin()
    {
        await using var server = LocalSmtpServer.Start(s_startTls);
        await using var client = await RawSmtpClient.GreetAsync(server);
        await client.CommandAsync("STARTTLS");

        await client.StartTlsAsync((_, certificate, _, _) =>
        {
            using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
            chain.ChainPolicy.CustomTrustStore.Add(server.Certificate!);
            return chain.Build((X509Certificate2)certificate!);
        });

        (await client.CommandAsync("EHLO again")).Should().NotContain("STARTTLS");
        server.Certificate!.MatchesHostname("localhost").Should().BeTrue();
        server.Certificate.MatchesHostname("127.0.0.1").Should().BeTrue();
    }

    [Fact]
    public async Task Survives_a_client_that_does_not_trust_it_S16()
    {
        await using var server = LocalSmtpServer.Start(s_startTls);
        using var client = new SmtpClient();
        client.ServerCertificateValidationCallback = (_, _, _, _) => false;

        var connect = () => client.ConnectAsync(server.Host, server.Port, SecureSocketOptions.StartTls, Cancellation);

        await connect.Should().ThrowAsync<SslHandshakeException>();
        await MailKitClient.SendAsync(server, MailKitClient.Message(), SecureSocketOptions.StartTls);
        server.Messages.Should().ContainSingle();
        server.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Requires_TLS_where_it_offers_STARTTLS()
    {
        await using var strict = LocalSmtpServer.Start(s_startTls);
        await using var lenient = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = SmtpServerSecurity.StartTls, RequireTls = false });
        await using var refused = await RawSmtpClient.GreetAsync(strict);
        await using var served = await RawSmtpClient.GreetAsync(lenient);

        (await refused.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("530 5.7.0");
        (await served.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("250");
    }

    [Fact]
    public async Task Forgets_what_was_said_before_the_handshake_S18()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = SmtpServerSecurity.StartTls, RequireTls = false });
        await using var client = await RawSmtpClient.GreetAsync(server);

        await client.CommandAsync("MAIL FROM:<early@example.com>");
        (await client.SendAsync("STARTTLS\r\nRCPT TO:<injected@example.com>\r\nDATA\r\n", thenRead: true)).Should().StartWith("220");
        await client.StartTlsAsync(server.Certificate!);

        (await client.CommandAsync("RCPT TO:<b@example.com>")).Should().StartWith("503");
        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("503", because: "EHLO must be said again");
        server.Transcript.Commands.Should().NotContain(command => command.Contains("injected"));
        server.Transcript.Lines.Should().Contain(line => line.Speaker == SmtpSpeaker.Event && line.Text.StartsWith("forgot "));
        (await client.CommandAsync("STARTTLS")).Should().StartWith("503");
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("XOAUTH2")]
    public async Task Accepts_right_credentials(string mechanism)
    {
        await using var server = LocalSmtpServer.Start(s_auth);
        using var client = await MailKitClient.ConnectAsync(server);

        await client.AuthenticateAsync(Mechanism(mechanism, "ada", mechanism == "XOAUTH2" ? "token-1" : "correct horse"), Cancellation);
        await client.SendAsync(MailKitClient.Message(), Cancellation);

        client.AuthenticationMechanisms.Should().BeEquivalentTo("PLAIN", "LOGIN", "XOAUTH2");
        server.Messages.Should().ContainSingle().Which.UserName.Should().Be("ada");
        server.Transcript.Commands.Should().Contain(command => command.StartsWith($"AUTH {mechanism}"));
        server.Transcript.ToString().Should().NotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("correct horse")))
            .And.NotContain(Convert.ToBase64String("\0ada\0correct horse"u8));
    }

    [Theory]
    [InlineData("PLAIN", "ada", "wrong")]
    [InlineData("PLAIN", "eve", "correct horse")]
    [InlineData("LOGIN", "ada", "wrong")]
    [InlineData("LOGIN", "eve", "correct horse")]
    [InlineData("XOAUTH2", "ada", "correct horse")]
    [InlineData("XOAUTH2", "eve", "token-1")]
    public async Task Refuses_wrong_credentials(string mechanism, string user, string secret)
    {
        await using var server = LocalSmtpServer.Start(s_auth);
        using var client = await MailKitClient.ConnectAsync(server);

        var authenticate = () => client.AuthenticateAsync(Mechanism(mechanism, user, secret), Cancellation);

        await authenticate.Should().ThrowAsync<AuthenticationException>();
        server.Transcript.Replies.Should().Contain(reply => reply.StartsWith("535 5.7.8"));
    }

    [Fact]
    public async Task Requires_authentication_where_it_is_configured()
    {
        await using var strict = LocalSmtpServer.Start(s_auth);
        await using var lenient = LocalSmtpServer.Start(new LocalSmtpServerOptions { UserName = "ada", Password = "pw", RequireAuthentication = false });
        await using var refused = await RawSmtpClient.GreetAsync(strict);
        await using var served = await RawSmtpClient.GreetAsync(lenient);

        (await refused.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("530 5.7.0");
        (await served.CommandAsync("MAIL FROM:<a@example.com> AUTH=<>")).Should().StartWith("250");
    }

    [Fact]
    public async Task Offers_authentication_only_after_TLS_where_TLS_is_required()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = SmtpServerSecurity.StartTls, UserName = "ada", Password = "pw" });
        await using var client = await RawSmtpClient.ConnectAsync(server);

        (await client.CommandAsync("EHLO client")).Should().NotContain("AUTH");
        (await client.CommandAsync("AUTH PLAIN AGFkYQBwdw==")).Should().StartWith("530 5.7.0");
        await client.CommandAsync("STARTTLS");
        await client.StartTlsAsync(server.Certificate!);

        (await client.CommandAsync("EHLO client")).Should().Contain("AUTH PLAIN LOGIN").And.NotContain("XOAUTH2");
        (await client.CommandAsync("AUTH PLAIN AGFkYQBwdw==")).Should().StartWith("235 2.7.0");
        (await client.CommandAsync("AUTH PLAIN AGFkYQBwdw==")).Should().StartWith("503");
    }

    [Theory]
    [InlineData("AUTH", "501")]
    [InlineData("AUTH CRAM-MD5", "504")]
    [InlineData("AUTH PLAIN =", "535")]
    [InlineData("AUTH PLAIN ???", "501 5.5.2")]
    [InlineData("AUTH PLAIN\r\n*", "334 \n501 5.7.0")]
    [InlineData("AUTH LOGIN\r\nYWRh\r\n*", "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6\n501 5.7.0")]
    public async Task Handles_an_odd_AUTH_command(string lines, string replies)
    {
        await using var server = LocalSmtpServer.Start(s_auth);
        await using var client = await RawSmtpClient.GreetAsync(server);

        await client.SendAsync(lines + "\r\n");

        foreach (var reply in replies.Split('\n')) (await client.ReadReplyAsync()).Should().StartWith(reply);
    }

    private static SaslMechanism Mechanism(string name, string user, string secret) => name switch
    {
        "PLAIN" => new SaslMechanismPlain(user, secret),
        "LOGIN" => new SaslMechanismLogin(user, secret),
        _ => new SaslMechanismOAuth2(user, secret),
    };
}
