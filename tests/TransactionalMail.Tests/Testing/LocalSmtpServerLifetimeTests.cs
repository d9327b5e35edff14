using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MailKit.Security;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

public sealed class LocalSmtpServerLifetimeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waits_until_enough_messages_have_arrived()
    {
        await using var server = LocalSmtpServer.Start();
        var three = server.WaitForMessagesAsync(3, cancellationToken: Cancellation);

        await MailKitClient.SendAsync(server, MailKitClient.Message("1"));
        await MailKitClient.SendAsync(server, MailKitClient.Message("2"));
        three.IsCompleted.Should().BeFalse();
        await MailKitClient.SendAsync(server, MailKitClient.Message("3"));

        (await three).Select(MailKitClient.Text).Should().Equal("1", "2", "3");
        (await server.WaitForMessagesAsync(2, cancellationToken: Cancellation)).Should().HaveCount(3);
        server.ConnectionCount.Should().Be(3);
    }

    [Fact]
    public async Task Says_what_arrived_when_it_has_waited_too_long()
    {
        var clock = new FakeTimeProvider();
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { TimeProvider = clock });
        await MailKitClient.SendAsync(server, MailKitClient.Message());

        var waiting = server.WaitForMessagesAsync(2, TimeSpan.FromMinutes(1), Cancellation);
        clock.Advance(TimeSpan.FromMinutes(1));

        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>()
            .WithMessage("Waited 60 s for 2 messages; 1 arrived over 1 connections. The last replies were: *250 2.0.0 Message accepted | 221 2.0.0 Goodbye*");
    }

    [Fact]
    public async Task Says_that_no_client_came()
    {
        var clock = new FakeTimeProvider();
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { TimeProvider = clock });

        var waiting = server.WaitForMessagesAsync(1, cancellationToken: Cancellation);
        clock.Advance(TimeSpan.FromSeconds(10));

        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>().WithMessage("*No client has connected*");
    }

    [Fact]
    public async Task Stops_waiting_when_cancelled()
    {
        await using var server = LocalSmtpServer.Start();
        using var impatience = new CancellationTokenSource();

        var waiting = server.WaitForMessagesAsync(1, cancellationToken: impatience.Token);
        await impatience.CancelAsync();

        await waiting.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Stops_waiting_when_disposed()
    {
        var server = LocalSmtpServer.Start();
        await MailKitClient.SendAsync(server, MailKitClient.Message());
        var waiting = server.WaitForMessagesAsync(2, Timeout.InfiniteTimeSpan, Cancellation);

        await server.DisposeAsync();

        await waiting.Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
        await server.Awaiting(it => it.WaitForMessagesAsync(2, Timeout.InfiniteTimeSpan, Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
        server.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task Hands_messages_to_a_callback_without_retaining_them()
    {
        var received = new List<ReceivedMessage>();
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions
        {
            RetainMessages = false,
            OnMessage = message =>
            {
                received.Add(message);
                return ValueTask.CompletedTask;
            },
        });

        await MailKitClient.SendAsync(server, MailKitClient.Message());
        await server.WaitForMessagesAsync(1, cancellationToken: Cancellation);

        received.Should().ContainSingle().Which.MailParameters.Should().ContainKey("SIZE");
        server.Messages.Should().BeEmpty();
        server.MessageCount.Should().Be(1);
    }

    [Fact]
    public async Task Refuses_a_message_whose_callback_throws()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { OnMessage = _ => ValueTask.FromException(new InvalidTimeZoneException()) });

        var send = () => MailKitClient.SendAsync(server, MailKitClient.Message());

        (await send.Should().ThrowAsync<MailKit.Net.Smtp.SmtpCommandException>()).WithMessage("*InvalidTimeZoneException*");
        server.Messages.Should().BeEmpty();
        server.Errors.Should().ContainSingle().Which.Should().BeOfType<InvalidTimeZoneException>();
    }

    [Fact]
    public async Task Clears_messages_transcript_and_errors()
    {
        await using var server = LocalSmtpServer.Start();
        server.On(SmtpStage.Noop, _ => throw new InvalidTimeZoneException());
        await MailKitClient.SendAsync(server, MailKitClient.Message());
        await using var client = await RawSmtpClient.ConnectAsync(server);
        await client.CommandAsync("NOOP");
        server.Errors.Should().ContainSingle();

        server.Clear();

        server.Messages.Should().BeEmpty();
        server.MessageCount.Should().Be(0);
        server.Transcript.Lines.Should().BeEmpty();
        server.Errors.Should().BeEmpty();
        server.ConnectionCount.Should().Be(2);
    }

    [Fact]
    public async Task Serves_many_clients_at_once()
    {
        await using var server = LocalSmtpServer.Start();

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancellation }, async (number, token) =>
        {
            using var client = await MailKitClient.ConnectAsync(server);
            for (var i = 0; i < 10; i++) await client.SendAsync(MailKitClient.Message($"{number}/{i}"), token);
            await client.DisconnectAsync(quit: true, token);
        });

        server.Messages.Select(MailKitClient.Text).Should()
            .BeEquivalentTo(Enumerable.Range(0, 64).SelectMany(number => Enumerable.Range(0, 10).Select(i => $"{number}/{i}")));
        server.ConnectionCount.Should().Be(64);
        server.Errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData(SmtpServerSecurity.None, SecureSocketOptions.None)]
    [InlineData(SmtpServerSecurity.StartTls, SecureSocketOptions.StartTls)]
    public async Task Closes_idle_connections_S25(SmtpServerSecurity security, SecureSocketOptions options)
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = security });
        using var client = await MailKitClient.ConnectAsync(server, options);
        await client.SendAsync(MailKitClient.Message(), Cancellation);

        (await server.CloseIdleConnectionsAsync()).Should().Be(1);

        await client.Awaiting(it => it.NoOpAsync(Cancellation)).Should().ThrowAsync<Exception>();
        server.Transcript.Commands.Should().NotContain("NOOP");
    }

    [Fact]
    public async Task Leaves_a_transaction_under_way_alone()
    {
        await using var server = LocalSmtpServer.Start();
        await using var busy = await RawSmtpClient.GreetAsync(server);
        await busy.CommandAsync("MAIL FROM:<a@example.com>");

        (await server.CloseIdleConnectionsAsync()).Should().Be(0);
        (await busy.CommandAsync("RSET")).Should().StartWith("250");
        (await server.CloseIdleConnectionsAsync()).Should().Be(1);
        (await busy.ReadReplyAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Says_something_unasked_to_idle_connections_S26()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        (await server.SendToIdleConnectionsAsync("250 stray")).Should().Be(1);
        (await client.CommandAsync("NOOP")).Should().Be("250 stray");
        (await client.ReadReplyAsync()).Should().Be("250 2.0.0 Ok");
        await server.SendToIdleConnectionsAsync(SmtpReply.FromString("421 4.3.2 Bye").ThenClose());
        (await client.ReadToEndAsync()).Should().Be("421 4.3.2 Bye\r\n");

        await server.Awaiting(it => it.SendToIdleConnectionsAsync(SmtpReply.Silence)).Should().ThrowAsync<ArgumentException>();
    }

    [Theory]
    [InlineData("idle")]
    [InlineData("silent")]
    [InlineData("stalled")]
    [InlineData("delayed")]
    [InlineData("handshaking")]
    [InlineData("held")]
    public async Task Stops_at_once_while_a_client_is(string state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        var server = LocalSmtpServer.Start(new LocalSmtpServerOptions
        {
            Security = state == "handshaking" ? SmtpServerSecurity.Tls : SmtpServerSecurity.None,
            OnMessage = _ =>
            {
                if (state != "held") return ValueTask.CompletedTask;
                reached.TrySetResult();
                return new ValueTask(never.Task);
            },
        });
        server.On(SmtpStage.Noop, _ =>
        {
            reached.TrySetResult();
            return state switch
            {
                "silent" => SmtpReply.Silence,
                "stalled" => SmtpReply.Stall,
                "delayed" => SmtpReply.Default.Delayed(TimeSpan.FromHours(1)),
                _ => SmtpReply.Default,
            };
        });
        var client = await RawSmtpClient.OpenAsync(server);
        if (state != "handshaking")
        {
            await client.SendAsync("EHLO client\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nhi\r\n.\r\nNOOP\r\n");
            await reached.Task.WaitAsync(Cancellation);
        }

        var clock = Stopwatch.StartNew();
        await server.DisposeAsync();
        await server.DisposeAsync();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        server.OpenConnectionCount.Should().Be(0);
        server.Errors.Should().BeEmpty();
        using var late = new TcpClient();
        await late.Awaiting(it => it.ConnectAsync(server.Host, server.Port, Cancellation).AsTask()).Should().ThrowAsync<SocketException>();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Listens_on_the_loopback_address_only()
    {
        await using var server = LocalSmtpServer.Start();

        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(endPoint => endPoint.Port == server.Port).Should().OnlyContain(endPoint => IPAddress.IsLoopback(endPoint.Address));
    }
}
