using System.Net;
using System.Net.Sockets;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Relays that cannot be reached, or that do not greet as relays do.</summary>
public class SmtpConnectingTests
{
    [Theory]
    [InlineData("421 4.3.2 Too busy", TransportFailure.Unavailable, true)]
    [InlineData("554 5.7.1 No service for you", TransportFailure.SenderRejected, false)]
    public async Task Understands_a_refused_connection_S01(string greeting, TransportFailure expected, bool isTransient)
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(SmtpStage.Connect, SmtpReply.FromString(greeting).ThenClose());

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(expected);
        failure.IsTransient.Should().Be(isTransient);
        failure.MayHaveBeenAccepted.Should().BeFalse();
        (await relay.SendAsync()).Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
    }

    [Theory]
    [InlineData("421 4.3.2 Closing")]
    [InlineData("450-4.7.0 Not\n450 4.7.0 now")]
    public async Task Leaves_where_the_relay_defers_EHLO_and_does_not_try_HELO_S02(string reply)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Ehlo, reply);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.ProviderCode.Should().Be(reply[..3]);
        relay.Server.Transcript.Commands.Should().ContainSingle().Which.Should().StartWith("EHLO");
    }

    [Fact]
    public async Task Leaves_where_the_relay_defers_EHLO_inside_TLS_S02()
    {
        await using var relay = Relay.StartSecure(new() { Security = SmtpServerSecurity.StartTls });
        relay.Server.On(SmtpStage.Ehlo, command => command.IsSecure ? "421 4.3.2 Closing" : null);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.ProviderCode.Should().Be("421");
        relay.Server.Transcript.Commands.Should().NotContain(c => c.StartsWith("HELO"));
    }

    [Fact]
    public async Task Speaks_HELO_to_a_relay_that_does_not_know_EHLO()
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(SmtpStage.Ehlo, "502 5.5.1 Not implemented");

        await relay.SendAsync();

        relay.Server.Transcript.Commands[1].Should().StartWith("HELO");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005hello\r\n")]
    [InlineData("2200 ready\r\n")]
    public async Task Recognises_a_server_that_does_not_speak_SMTP_S03(string greeting)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Connect, SmtpReply.Raw(System.Text.Encoding.Latin1.GetBytes(greeting)));

        var failure = await relay.FailureAsync();

        failure.Message.Should().Contain("did not answer as an SMTP relay");
        failure.IsTransient.Should().BeTrue();
        relay.Server.Transcript.Commands.Should().BeEmpty();
    }

    [Fact]
    public async Task Leaves_a_relay_that_speaks_out_of_turn_S03_S26()
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Ehlo, SmtpReply.Raw("250-localhost\r\n250 PIPELINING\r\n250 And more\r\n"u8.ToArray()));

        (await relay.FailureAsync()).Message.Should().Contain("did not answer as an SMTP relay");

        relay.Count("MAIL").Should().Be(0);
    }

    [Fact]
    public async Task Says_that_nobody_listens_there()
    {
        var port = ClosedPort();
        await using var relay = Relay.Start(smtp: smtp => smtp.Port = port);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Network);
        failure.Message.Should().Contain($"127.0.0.1:{port}").And.Contain("ConnectionRefused");
    }

    [Fact]
    public async Task A_relay_that_hangs_up_at_once_is_a_failure_of_the_network()
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Connect, SmtpReply.Reset);

        (await relay.FailureAsync()).IsTransient.Should().BeTrue();
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
