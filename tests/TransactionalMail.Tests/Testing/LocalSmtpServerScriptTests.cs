using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

public sealed class LocalSmtpServerScriptTests : IAsyncLifetime
{
    private readonly LocalSmtpServer _server = LocalSmtpServer.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(SmtpStage.Connect, "")]
    [InlineData(SmtpStage.Ehlo, "EHLO client")]
    [InlineData(SmtpStage.MailFrom, "EHLO client\r\nMAIL FROM:<a@example.com>")]
    [InlineData(SmtpStage.RcptTo, "EHLO client\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>")]
    [InlineData(SmtpStage.Data, "EHLO client\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA")]
    [InlineData(SmtpStage.EndOfData, "EHLO client\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nhi\r\n.")]
    [InlineData(SmtpStage.Rset, "RSET")]
    [InlineData(SmtpStage.Noop, "NOOP")]
    [InlineData(SmtpStage.Quit, "QUIT")]
    public async Task Replies_as_told_at_each_stage(SmtpStage stage, string commands)
    {
        _server.ReplyOnce(stage, "421 4.3.2 Come back\n421 later");
        await using var client = await RawSmtpClient.OpenAsync(_server);

        if (commands.Length > 0) await client.SendAsync(commands + "\r\n");
        await client.SendAsync("QUIT\r\n");

        (await client.ReadToEndAsync()).Should().Contain("421 4.3.2 Come back\r\n421 later\r\n");
        _server.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Replies_as_told_to_STARTTLS_and_AUTH()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions
        {
            Security = SmtpServerSecurity.StartTls,
            RequireTls = false,
            UserName = "ada",
            Password = "pw",
        });
        server.ReplyOnce(SmtpStage.StartTls, "454 4.7.0 TLS not available");
        server.ReplyOnce(SmtpStage.Auth, "454 4.7.0 Temporary failure");
        await using var client = await RawSmtpClient.GreetAsync(server);

        (await client.CommandAsync("STARTTLS")).Should().StartWith("454");
        (await client.CommandAsync("AUTH PLAIN AGFkYQBwdw==")).Should().StartWith("454");
        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("530");
        (await client.CommandAsync("AUTH PLAIN AGFkYQBwdw==")).Should().StartWith("235");
    }

    [Fact]
    public async Task Injects_a_reply_before_the_handshake_S18()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = SmtpServerSecurity.StartTls });
        server.ReplyOnce(SmtpStage.StartTls, SmtpReply.Raw("220 Go\r\n250-injected\r\n250 AUTH PLAIN\r\n"u8.ToArray()));
        await using var client = await RawSmtpClient.GreetAsync(server);

        (await client.CommandAsync("STARTTLS")).Should().Be("220 Go");
        (await client.ReadReplyAsync()).Should().Be("250-injected\n250 AUTH PLAIN");
        await client.StartTlsAsync(server.Certificate!);

        (await client.CommandAsync("EHLO client")).Should().StartWith("250-localhost");
    }

    [Fact]
    public async Task Rejects_one_recipient_and_defers_another_S05()
    {
        _server.RejectRecipient("bob@example.com");
        _server.RejectRecipient("carol@example.com", "451 4.7.1 Greylisted");
        await using var client = await RawSmtpClient.GreetAsync(_server);

        await client.CommandAsync("MAIL FROM:<a@example.com>");
        (await client.CommandAsync("RCPT TO:<Bob@example.com>")).Should().StartWith("550 5.1.1");
        (await client.CommandAsync("RCPT TO:<carol@example.com>")).Should().StartWith("451 4.7.1");
        (await client.CommandAsync("RCPT TO:<dave@example.com>")).Should().StartWith("250");
        await client.CommandAsync("DATA");
        await client.SendAsync("hi\r\n.\r\n", thenRead: true);

        _server.Messages.Single().EnvelopeRecipients.Should().Equal("dave@example.com");
    }

    [Fact]
    public async Task Decides_by_a_function_S22()
    {
        _server.On(SmtpStage.RcptTo, command => command.RecipientCount < 2 ? null : "452 4.5.3 Too many recipients");
        _server.On(SmtpStage.EndOfData, command => command.Message!.Raw.Length > 5 ? "554 5.6.0 Too wordy" : null);
        await using var client = await RawSmtpClient.GreetAsync(_server);

        await client.CommandAsync("MAIL FROM:<a@example.com>");
        await client.CommandAsync("RCPT TO:<b@example.com>");
        (await client.CommandAsync("RCPT TO:<c@example.com>")).Should().StartWith("250");
        (await client.CommandAsync("RCPT TO:<d@example.com>")).Should().StartWith("452");
        await client.CommandAsync("DATA");
        (await client.SendAsync("hello\r\n.\r\n", thenRead: true)).Should().StartWith("554 5.6.0");

        _server.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Uses_one_time_replies_first_then_the_newest_handler()
    {
        _server.Reply(SmtpStage.Noop, "250 older");
        _server.Reply(SmtpStage.Noop, "250 newer");
        _server.ReplyOnce(SmtpStage.Noop, "450 first");
        _server.ReplyOnce(SmtpStage.Noop, "451 second");
        await using var client = await RawSmtpClient.ConnectAsync(_server);

        var replies = new List<string>();
        for (var i = 0; i < 4; i++) replies.Add(await client.CommandAsync("NOOP"));
        _server.ClearReplies();
        replies.Add(await client.CommandAsync("NOOP"));

        replies.Should().Equal("450 first", "451 second", "250 newer", "250 newer", "250 Ok");
    }

    [Fact]
    public async Task Keeps_to_QUIT_after_refusing_to_serve_S01()
    {
        _server.ReplyOnce(SmtpStage.Connect, "554 5.3.2 No service here");
        await using var client = await RawSmtpClient.OpenAsync(_server);

        (await client.ReadReplyAsync()).Should().StartWith("554");
        (await client.CommandAsync("EHLO client")).Should().StartWith("503");
        (await client.CommandAsync("QUIT")).Should().StartWith("221");
    }

    [Theory]
    [InlineData("close")]
    [InlineData("reset")]
    [InlineData("silence")]
    public async Task Has_the_message_though_the_client_never_learns_it_S11(string ending)
    {
        _server.ReplyOnce(SmtpStage.EndOfData, ending switch { "close" => SmtpReply.Close, "reset" => SmtpReply.Reset, _ => SmtpReply.Silence });
        using var client = await MailKitClient.ConnectAsync(_server);
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var sending = client.SendAsync(MailKitClient.Message(), impatience.Token);
        await _server.WaitForMessagesAsync(1, cancellationToken: Cancellation);
        if (ending == "silence") await impatience.CancelAsync();

        (await sending.Awaiting(task => task).Should().ThrowAsync<Exception>())
            .Which.Should().Match(exception => exception is IOException || exception is SmtpProtocolException || exception is OperationCanceledException);
        client.IsConnected.Should().BeFalse();
    }

    [Fact]
    public async Task Closes_with_FIN_or_resets_with_RST()
    {
        _server.ReplyOnce(SmtpStage.Noop, SmtpReply.Close);
        _server.ReplyOnce(SmtpStage.Noop, SmtpReply.Reset);
        await using var closed = await RawSmtpClient.ConnectAsync(_server);
        await using var reset = await RawSmtpClient.ConnectAsync(_server);

        (await closed.CommandAsync("NOOP")).Should().BeEmpty();
        var command = () => reset.CommandAsync("NOOP");

        (await command.Should().ThrowAsync<IOException>()).WithInnerException<SocketException>()
            .Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task Closes_after_replying()
    {
        _server.ReplyOnce(SmtpStage.Noop, SmtpReply.Default.ThenClose());
        _server.ReplyOnce(SmtpStage.Noop, SmtpReply.FromString("421 4.3.2 Bye").ThenClose());
        await using var first = await RawSmtpClient.ConnectAsync(_server);
        await using var second = await RawSmtpClient.ConnectAsync(_server);

        await first.SendAsync("NOOP\r\n");
        (await first.ReadToEndAsync()).Should().Be("250 Ok\r\n");
        await second.SendAsync("NOOP\r\n");
        (await second.ReadToEndAsync()).Should().Be("421 4.3.2 Bye\r\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Breaks_off_inside_the_content_S12(bool reset)
    {
        _server.ReplyOnce(SmtpStage.Data, reset ? SmtpReply.Default.ThenReset(afterBytes: 1000) : SmtpReply.Default.ThenClose(afterBytes: 1000));
        using var client = await MailKitClient.ConnectAsync(_server);

        var send = () => client.SendAsync(MailKitClient.Message(new string('x', 8_000_000)), Cancellation);

        await send.Should().ThrowAsync<Exception>();
        _server.Messages.Should().BeEmpty();
        _server.Transcript.Replies.Should().Contain(reply => reply.StartsWith("354"));
    }

    [Fact]
    public async Task Stalls_a_client_that_sends_much_S29()
    {
        _server.ReplyOnce(SmtpStage.Data, SmtpReply.Default.ThenStall());
        using var client = await MailKitClient.ConnectAsync(_server);
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var progress = new Progress();

        var sending = client.SendAsync(MailKitClient.Message(new string('x', 20_000_000)), impatience.Token, progress);
        await progress.Started.Task.WaitAsync(Cancellation);
        await impatience.CancelAsync();

        await sending.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        progress.Transferred.Should().BeLessThan(20_000_000);
        _server.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Sends_garbage_S03()
    {
        _server.ReplyOnce(SmtpStage.Connect, SmtpReply.Raw("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()).ThenClose());

        var connect = () => MailKitClient.ConnectAsync(_server);

        await connect.Should().ThrowAsync<SmtpProtocolException>();
    }

    [Fact]
    public async Task Sends_a_huge_reply_S15()
    {
        _server.ReplyOnce(SmtpStage.Connect, SmtpReply.FromString("220-" + new string('x', 996)).Repeated(20_000).ThenClose());
        await using var client = await RawSmtpClient.OpenAsync(_server);

        (await client.ReadToEndAsync()).Length.Should().Be(20_000 * 1002);
    }

    [Fact]
    public async Task Sends_an_endless_reply_until_the_client_is_gone_S15()
    {
        _server.ReplyOnce(SmtpStage.Connect, SmtpReply.FromString("220-again").Repeated(int.MaxValue));
        await using (var client = await RawSmtpClient.OpenAsync(_server))
        {
            (await client.ReadAsync(11 * 10_000 + 1)).Should().StartWith("220-again\r\n220-again").And.EndWith("220-again\r\n2");
        }

        await MailKitClient.SendAsync(_server, MailKitClient.Message());

        _server.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task Delays_and_trickles_a_reply_S14()
    {
        _server.ReplyOnce(SmtpStage.Noop, SmtpReply.Default.Delayed(TimeSpan.FromMilliseconds(30)).Trickled(1, TimeSpan.FromMilliseconds(5)));
        await using var client = await RawSmtpClient.ConnectAsync(_server);

        var clock = Stopwatch.StartNew();
        var reply = await client.CommandAsync("NOOP");

        reply.Should().Be("250 Ok");
        clock.Elapsed.Should().BeGreaterThan(TimeSpan.FromMilliseconds(45), because: "a delay of 30 ms and 7 pauses of 5 ms lie before the last of 8 bytes");
    }

    [Fact]
    public async Task Goes_on_after_trickling()
    {
        _server.Reply(SmtpStage.RcptTo, SmtpReply.Default.Trickled(3, TimeSpan.FromMilliseconds(1)));

        await MailKitClient.SendAsync(_server, MailKitClient.Message());

        _server.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task Keeps_what_a_handler_throws()
    {
        _server.On(SmtpStage.MailFrom, _ => throw new InvalidTimeZoneException("oops"));
        await using var client = await RawSmtpClient.GreetAsync(_server);

        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().Be("421 4.3.0 A callback threw InvalidTimeZoneException; see LocalSmtpServer.Errors");

        _server.Errors.Should().ContainSingle().Which.Should().BeOfType<InvalidTimeZoneException>();
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("25 Ok")]
    public void Insists_on_a_code_in_a_reply(string text)
    {
        var convert = () => SmtpReply.FromString(text);

        convert.Should().Throw<FormatException>().WithMessage("*three digits*SmtpReply.Raw*");
    }

    private sealed class Progress : MailKit.ITransferProgress
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Transferred { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Report(bytesTransferred);

        public void Report(long bytesTransferred)
        {
            Transferred = bytesTransferred;
            Started.TrySetResult();
        }
    }
}
