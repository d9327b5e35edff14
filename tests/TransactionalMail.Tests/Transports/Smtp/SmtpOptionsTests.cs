using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Settings that are refused before any connection is made.</summary>
public class SmtpOptionsTests
{
    public static TheoryData<string, Action<SmtpOptions>> Faults => new()
    {
        { "Host", o => o.Host = "" },
        { "Host", o => o.Host = "relay.example\r\nRCPT TO:<x>" },
        { "Port", o => o.Port = 0 },
        { "MaxConnections", o => o.MaxConnections = 0 },
        { "MaxMessagesPerConnection", o => o.MaxMessagesPerConnection = 0 },
        { "MaxRecipientsPerTransaction", o => o.MaxRecipientsPerTransaction = -1 },
        { "IdleLifetime", o => o.IdleLifetime = TimeSpan.Zero },
        { "IdleLifetime", o => o.IdleLifetime = TimeSpan.MaxValue },
        { "ConnectTimeout", o => o.ConnectTimeout = TimeSpan.Zero },
        { "SendTimeout", o => o.SendTimeout = TimeSpan.MaxValue },
        { "UserName", o => o.Password = "s3cr3t" },
        { "UserName", o => o.AccessToken = _ => new("t0ken") },
        { "UserName", o => o.UserName = "acme" },
        { "AccessToken", o => (o.UserName, o.Password, o.AccessToken) = ("acme", "s3cr3t", _ => new("t0ken")) },
        { "AuthenticationMechanism", o => (o.UserName, o.Password, o.AuthenticationMechanism) = ("acme", "s3cr3t", "XOAUTH2") },
        { "AuthenticationMechanism", o => (o.UserName, o.AccessToken, o.AuthenticationMechanism) = ("acme", _ => new("t0ken"), "PLAIN") },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Names_the_setting_at_fault(string setting, Action<SmtpOptions> change)
    {
        var options = new SmtpOptions { Host = "relay.example" };
        change(options);

        new SmtpProvider().Validate(options).Should().ContainSingle().Which.Should().Contain(setting).And.NotContain("s3cr3t");
    }

    [Theory]
    [InlineData("relay.example", true, false)]
    [InlineData("relay.example", true, true)]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("relay.example", false, true)]
    public void A_secret_does_not_travel_in_clear_S20(string host, bool isPassword, bool optsIn)
    {
        var options = new SmtpOptions { Host = host, Security = SmtpSecurity.None, UserName = "acme", AllowUnencryptedAuthentication = optsIn };
        if (isPassword) options.Password = "s3cr3t";
        else options.AccessToken = _ => new("t0ken");

        new SmtpProvider().Validate(options).Should().ContainSingle().Which.Should().Contain("unencrypted");
    }

    [Fact]
    public async Task A_secret_is_not_sent_where_encryption_is_missing_S20()
    {
        await using var relay = Relay.Start(new() { UserName = "acme", Password = "s3cr3t" }, smtp => smtp.Security = SmtpSecurity.StartTls);

        (await relay.FailureAsync()).Failure.Should().Be(TransportFailure.Tls);

        relay.Count("AUTH").Should().Be(0);
    }

    [Theory]
    [InlineData("acme.example\r\nRCPT TO:<eve@example.com>")]
    [InlineData("acme.example\nDATA")]
    [InlineData("acme\rexample")]
    [InlineData("acme.example MAIL")]
    [InlineData("[127.0.0.1]\r\nQUIT")]
    [InlineData("")]
    public void A_greeting_with_commands_in_it_is_refused_S30(string localDomain)
    {
        var options = new SmtpOptions { Host = "relay.example", LocalDomain = localDomain };

        new SmtpProvider().Validate(options).Should().ContainSingle().Which.Should().Contain("LocalDomain");
    }

    [Theory]
    [InlineData("app.acme.example")]
    [InlineData("[192.0.2.1]")]
    [InlineData("[IPv6:2001:db8::1]")]
    public async Task Greets_with_the_name_it_was_given(string localDomain)
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.LocalDomain = localDomain);

        await relay.SendAsync();

        relay.Server.Transcript.Commands[0].Should().Be($"EHLO {localDomain}");
    }

    [Fact]
    public void Every_setting_can_come_from_a_DSN_and_from_a_section()
    {
        var provider = new SmtpProvider();
        var dsn = MailDsn.Parse("smtp://acme:s3cr3t@relay.example:2525?maxConnections=7&maxMessagesPerConnection=8&idleLifetime=00:00:09&maxRecipientsPerTransaction=10&authenticationMechanism=LOGIN");
        var fromDsn = new SmtpOptions();
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["MaxConnections"] = "7", ["IdleLifetime"] = "00:00:09" }).Build();
        var fromSection = new SmtpOptions();

        provider.Configure(fromDsn, dsn);
        provider.Configure(fromDsn, dsn.Settings);
        provider.Configure(fromSection, section);

        fromDsn.Should().BeEquivalentTo(new
        {
            Host = "relay.example",
            Port = 2525,
            UserName = "acme",
            Password = "s3cr3t",
            MaxConnections = 7,
            MaxMessagesPerConnection = 8,
            IdleLifetime = TimeSpan.FromSeconds(9),
            MaxRecipientsPerTransaction = 10,
            AuthenticationMechanism = "LOGIN",
        });
        fromSection.Should().BeEquivalentTo(new { MaxConnections = 7, IdleLifetime = TimeSpan.FromSeconds(9) });
        provider.Validate(fromDsn).Should().BeEmpty();
    }

    [Theory]
    [InlineData("AccessToken")]
    [InlineData("CertificateValidation")]
    public async Task What_only_code_can_set_is_refused_in_configuration(string key)
    {
        await using var services = Some.Services(mail => mail.AddTransport("smtp", $"smtp://relay.example?{key}=s3cr3t")).BuildServiceProvider();

        var resolving = services.GetRequiredService<ITransactionalMailer>;

        resolving.Should().Throw<OptionsValidationException>().Which.Message.Should().Contain($"{key} can be set in code only").And.NotContain("s3cr3t");
    }

    [Fact]
    public void Shows_no_secret()
    {
        new SmtpOptions { Host = "relay.example", UserName = "acme", Password = "s3cr3t" }.ToString().Should().NotContain("s3cr3t").And.NotContain("acme");
    }
}
