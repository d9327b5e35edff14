using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Logging in, and being refused.</summary>
public class SmtpAuthenticationTests
{
    private const string Password = "wr0ng-s3cr3t";

    [Theory]
    [InlineData(SmtpServerSecurity.StartTls)]
    [InlineData(SmtpServerSecurity.Tls)]
    public async Task Secures_the_connection_and_authenticates(SmtpServerSecurity security)
    {
        await using var relay = Relay.StartSecure(new() { Security = security, UserName = "acme", Password = "s3cr3t" });

        await relay.SendAsync();

        var received = relay.Server.Messages.Should().ContainSingle().Which;
        received.IsSecure.Should().BeTrue();
        received.UserName.Should().Be("acme");
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("CRAM-MD5")]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("SCRAM-SHA-256")]
    public async Task Speaks_each_mechanism_for_passwords(string mechanism)
    {
        await using var relay = Relay.Start(Server(mechanism), Plain("r1ght, pässword"));

        await relay.SendAsync();

        relay.Server.Messages.Should().ContainSingle().Which.UserName.Should().Be("acme");
    }

    [Theory]
    [InlineData("XOAUTH2")]
    [InlineData("OAUTHBEARER")]
    public async Task Speaks_each_mechanism_for_tokens(string mechanism)
    {
        await using var relay = Relay.Start(Server(mechanism), Token(_ => ValueTask.FromResult("token-1")));

        await relay.SendAsync();

        relay.Server.Messages.Should().ContainSingle().Which.UserName.Should().Be("acme");
    }

    [Fact]
    public async Task Takes_the_strongest_mechanism_the_relay_offers()
    {
        await using var relay = Relay.Start(Server("LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"), Plain("r1ght, pässword"));

        await relay.SendAsync();

        relay.Server.Transcript.Commands.Should().ContainSingle(c => c.StartsWith("AUTH")).Which.Should().StartWith("AUTH SCRAM-SHA-256");
    }

    [Fact]
    public async Task Takes_the_mechanism_that_was_asked_for()
    {
        await using var relay = Relay.Start(Server("PLAIN", "SCRAM-SHA-256"), smtp =>
        {
            Plain("r1ght, pässword")(smtp);
            smtp.AuthenticationMechanism = "plain";
        });

        await relay.SendAsync();

        relay.Server.Transcript.Commands.Should().ContainSingle(c => c.StartsWith("AUTH")).Which.Should().StartWith("AUTH PLAIN");
    }

    [Fact]
    public async Task Blames_the_credentials_when_they_are_refused_and_tries_them_once_S19()
    {
        await using var relay = Relay.Start(Server("LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-1"), Plain(Password));

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.IsTransient.Should().BeFalse();
        failure.ProviderCode.Should().Be("535");
        failure.EnhancedCode.Should().Be("5.7.8");
        failure.ToString().Should().NotContain(Password);
        relay.Server.Transcript.Commands.Should().ContainSingle(c => c.StartsWith("AUTH"));
        relay.Server.Transcript.Commands.Should().NotContain(c => c.StartsWith("MAIL"));
    }

    [Theory]
    [InlineData("454 4.7.0 Temporary authentication failure")]
    [InlineData("421 4.3.2 Closing")]
    public async Task Waits_for_a_relay_that_cannot_authenticate_at_the_moment_S19(string reply)
    {
        await using var relay = Relay.Start(Server("PLAIN"), Plain("r1ght, pässword"));
        relay.Server.ReplyOnce(SmtpStage.Auth, reply);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.ProviderCode.Should().Be(reply[..3]);
        await relay.SendAsync();
        relay.Server.MessageCount.Should().Be(1);
    }

    [Fact]
    public async Task Says_which_mechanisms_there_are_where_none_fits_S19()
    {
        await using var relay = Relay.Start(Server("XOAUTH2"), Plain(Password));

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.Message.Should().Contain("XOAUTH2");
        relay.Server.Transcript.Commands.Should().NotContain(c => c.StartsWith("AUTH"));
    }

    [Fact]
    public async Task Says_that_the_relay_does_not_know_logins_at_all_S19()
    {
        await using var relay = Relay.Start(smtp: Plain(Password));

        (await relay.FailureAsync()).Message.Should().Contain("It offers: none");
    }

    [Fact]
    public async Task Says_that_the_mechanism_asked_for_is_not_offered_S19()
    {
        await using var relay = Relay.Start(Server("PLAIN"), smtp =>
        {
            Plain(Password)(smtp);
            smtp.AuthenticationMechanism = "CRAM-MD5";
        });

        (await relay.FailureAsync()).Message.Should().Contain("does not offer CRAM-MD5").And.Contain("PLAIN");
    }

    [Fact]
    public async Task A_refused_login_is_not_repeated_for_all_who_wait_S19()
    {
        await using var server = LocalSmtpServer.Start(Server("PLAIN"));
        using var allWait = new ManualResetEventSlim();
        server.On(SmtpStage.Auth, _ =>
        {
            allWait.Wait(TestContext.Current.CancellationToken);
            return null;
        });
        await using var pool = Pool(server, Password);

        var waiting = Enumerable.Range(0, 128).Select(_ => pool.LeaseAsync(TestContext.Current.CancellationToken)).ToList();
        allWait.Set();

        var failures = new List<MailTransportException>();
        foreach (var lease in waiting) failures.Add((await lease.Invoking(l => l).Should().ThrowAsync<MailTransportException>()).Which);
        failures.Should().OnlyContain(f => f.Failure == TransportFailure.Authentication && f.ProviderCode == "535");
        failures.Distinct().Should().HaveCount(128, "an exception belongs to one send");
        server.Transcript.Commands.Should().ContainSingle(c => c.StartsWith("AUTH"));
        server.ConnectionCount.Should().BeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task A_login_is_tried_again_for_whoever_comes_later_S19()
    {
        await using var server = LocalSmtpServer.Start(Server("PLAIN"));
        await using var pool = Pool(server, "r1ght, pässword");
        server.ReplyOnce(SmtpStage.Auth, "535 5.7.8 Not today");

        await pool.Invoking(p => p.LeaseAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<MailTransportException>();
        (await pool.LeaseAsync(TestContext.Current.CancellationToken)).Dispose();

        server.Transcript.Commands.Count(c => c.StartsWith("AUTH", StringComparison.Ordinal)).Should().Be(2);
    }

    [Fact]
    public async Task Asks_for_a_token_for_each_connection_and_once_more_where_it_is_refused_S19()
    {
        var tokens = new Queue<string>(["stale", "token-1", "token-1"]);
        await using var relay = Relay.Start(Server("XOAUTH2"), smtp =>
        {
            Token(_ => ValueTask.FromResult(tokens.Dequeue()))(smtp);
            smtp.MaxMessagesPerConnection = 2;
        });

        for (var i = 0; i < 4; i++) await relay.SendAsync();

        tokens.Should().BeEmpty();
        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 1, 2, 2);
    }

    [Theory]
    [InlineData("stale", "stale", 1)]
    [InlineData("stale", "staler", 2)]
    public async Task A_refused_token_is_renewed_once_only_S19(string first, string second, int logins)
    {
        var tokens = new Queue<string>([first, second]);
        await using var relay = Relay.Start(Server("XOAUTH2"), Token(_ => ValueTask.FromResult(tokens.Dequeue())));

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.Message.Should().Contain("access token");
        failure.ToString().Should().NotContain("stale");
        relay.Count("AUTH").Should().Be(logins);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task A_relay_that_repeats_the_secret_is_not_quoted_with_it_S19(string mechanism)
    {
        await using var relay = Relay.Start(Server(mechanism), Plain(Password));
        var spoken = $"{Password} {Base64(Password)} {Base64($"\0acme\0{Password}")}";
        relay.Server.Reply(SmtpStage.Auth, $"535 5.7.8 Bad: {spoken}");

        var failure = (await relay.FailureAsync()).ToString();

        failure.Should().Contain("Bad: *** *** ***");
        foreach (var secret in spoken.Split(' ')) failure.Should().NotContain(secret);
    }

    [Fact]
    public async Task A_token_the_relay_repeats_is_not_quoted_S19()
    {
        await using var relay = Relay.Start(Server("XOAUTH2"), Token(_ => ValueTask.FromResult("t0ken-canary")));
        relay.Server.Reply(SmtpStage.Auth, "535 5.7.8 Bad token t0ken-canary");

        (await relay.FailureAsync()).ToString().Should().NotContain("t0ken-canary").And.Contain("Bad token ***");
    }

    [Fact]
    public async Task A_relay_that_leaves_after_a_refused_token_has_refused_it_S19()
    {
        var tokens = new Queue<string>(["stale", "token-1"]);
        await using var relay = Relay.Start(Server("XOAUTH2"), Token(_ => ValueTask.FromResult(tokens.Dequeue())));
        relay.Server.ReplyOnce(SmtpStage.Auth, SmtpReply.FromString("535 5.7.8 Go away").ThenClose());

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.ProviderCode.Should().Be("535");
    }

    [Fact]
    public async Task A_token_that_cannot_be_had_is_a_failure_that_may_pass()
    {
        await using var relay = Relay.Start(Server("XOAUTH2"), Token(_ => throw new InvalidOperationException("The token service is down.")));

        var failure = await relay.FailureAsync();

        failure.IsTransient.Should().BeTrue();
        failure.Message.Should().Contain("InvalidOperationException");
        failure.InnerException.Should().BeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task The_application_is_asked_before_the_mail_and_never_after_the_answer_S31()
    {
        var asked = new List<string>();
        var server = new LocalSmtpServerOptions { Security = SmtpServerSecurity.StartTls, UserName = "acme", AccessToken = "token-1" };
        await using var relay = Relay.StartSecure(server, smtp =>
        {
            smtp.UserName = "acme";
            smtp.AccessToken = _ =>
            {
                asked.Add("token");
                return ValueTask.FromResult("token-1");
            };
        });
        relay.Server.On(SmtpStage.EndOfData, _ =>
        {
            asked.Add("answer");
            return null;
        });

        await relay.SendAsync();
        await relay.SendAsync();

        asked.Should().Equal("token", "answer", "answer");
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static LocalSmtpServerOptions Server(params string[] mechanisms) =>
        new() { UserName = "acme", Password = "r1ght, pässword", AccessToken = "token-1", AuthenticationMechanisms = mechanisms };

    private static SmtpConnectionPool Pool(LocalSmtpServer server, string password)
    {
        var options = new SmtpOptions { Host = server.Host, Port = server.Port, Security = SmtpSecurity.None };
        Plain(password)(options);
        return new SmtpConnectionPool(options, new SmtpFailures(options, "smtp"), TimeProvider.System);
    }

    private static Action<SmtpOptions> Plain(string password) => smtp =>
    {
        smtp.UserName = "acme";
        smtp.Password = password;
        smtp.AllowUnencryptedAuthentication = true;
    };

    private static Action<SmtpOptions> Token(Func<CancellationToken, ValueTask<string>> token) => smtp =>
    {
        smtp.UserName = "acme";
        smtp.Password = null;
        smtp.AccessToken = token;
        smtp.AllowUnencryptedAuthentication = true;
    };
}
