using System.Security.Cryptography.X509Certificates;
using System.Text;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Encryption is not negotiable, and what is wrong with it is named.</summary>
public class SmtpTlsTests
{
    public static TheoryData<string, Func<X509Certificate2>, string> BadCertificates => new()
    {
        { "self-signed", TestCertificates.SelfSigned, "is self-signed" },
        { "untrusted root", TestCertificates.FromUnknownAuthority, "comes from an authority this system does not" },
        { "wrong host", TestCertificates.ForAnotherHost, "is for another host" },
        { "expired", TestCertificates.Expired, "has expired" },
        { "not yet valid", TestCertificates.NotYetValid, "is valid only from" },
    };

    [Theory]
    [MemberData(nameof(BadCertificates), DisableDiscoveryEnumeration = true)]
    public async Task Names_what_is_wrong_with_a_certificate_S16(string kind, Func<X509Certificate2> make, string expected)
    {
        using var certificate = make();
        await using var relay = Relay.Start(new() { Security = SmtpServerSecurity.StartTls, RequireTls = false, Certificate = certificate });

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Tls, kind);
        failure.IsTransient.Should().BeFalse();
        failure.Message.Should().Contain(expected).And.Contain("nothing was sent");
        relay.Server.Transcript.Commands.Should().OnlyContain(c => c.StartsWith("EHLO") || c == "STARTTLS", "there is no second try in clear");
        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Fact]
    public async Task Says_that_the_application_itself_refused_the_certificate_S16()
    {
        await using var relay = Relay.Start(new() { Security = SmtpServerSecurity.Tls }, smtp => smtp.CertificateValidation = (_, _, _, _) => false);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Tls);
        relay.Server.Transcript.Commands.Should().BeEmpty();
    }

    [Fact]
    public async Task A_handshake_that_never_ends_is_a_timeout_S16()
    {
        await using var relay = Relay.Start(smtp: smtp => (smtp.Security, smtp.ConnectTimeout) = (SmtpSecurity.Tls, TimeSpan.FromMilliseconds(300)));
        relay.Server.Reply(SmtpStage.Connect, SmtpReply.Silence);

        (await relay.FailureAsync()).Failure.Should().Be(TransportFailure.Timeout);
    }

    [Fact]
    public async Task A_port_without_TLS_is_named_S16()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.Security = SmtpSecurity.Tls);

        (await relay.FailureAsync()).Failure.Should().Be(TransportFailure.Tls);

        relay.Server.MessageCount.Should().Be(0);
    }

    [Fact]
    public async Task Sends_nothing_where_STARTTLS_was_stripped_S17()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.Security = SmtpSecurity.StartTls);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Tls);
        failure.Message.Should().Contain("STARTTLS");
        relay.Server.Transcript.Commands.Should().OnlyContain(c => c.StartsWith("EHLO") || c == "QUIT");
    }

    [Fact]
    public async Task Forgets_what_was_injected_before_the_handshake_S18()
    {
        await using var relay = Relay.StartSecure(new() { Security = SmtpServerSecurity.StartTls });
        relay.Server.Reply(SmtpStage.StartTls, SmtpReply.Raw(Encoding.ASCII.GetBytes("220 Go ahead\r\n250-evil\r\n250-AUTH PLAIN\r\n250 SIZE 1\r\n")));

        await relay.SendAsync();
        await relay.SendAsync();

        relay.Server.Messages.Should().HaveCount(2).And.OnlyContain(m => m.IsSecure);
        relay.Server.ConnectionCount.Should().Be(1);
    }
}
