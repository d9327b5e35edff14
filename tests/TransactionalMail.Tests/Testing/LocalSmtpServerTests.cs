using System.Globalization;
using MailKit.Net.Smtp;
using MimeKit;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

public sealed class LocalSmtpServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receives_what_MailKit_sends()
    {
        await using var server = LocalSmtpServer.Start();

        await MailKitClient.SendAsync(server, MailKitClient.Message("Dear Grace"));

        var received = server.Messages.Should().ContainSingle().Subject;
        received.EnvelopeSender.Should().Be("ada@example.com");
        received.EnvelopeRecipients.Should().Equal("grace@example.com");
        received.MailParameters.Should().ContainKey("size");
        received.IsSecure.Should().BeFalse();
        received.UserName.Should().BeNull();
        received.ConnectionId.Should().Be(1);
        received.HasBareLineEndings.Should().BeFalse();
        MailKitClient.Text(received).Should().Be("Dear Grace");
    }

    [Fact]
    public async Task Keeps_the_content_byte_for_byte()
    {
        await using var server = LocalSmtpServer.Start();
        var message = MailKitClient.Message();
        message.Body = new TextPart("plain") { Text = "Grüße, 世界\n.\n..\n.dots\n", ContentTransferEncoding = ContentEncoding.EightBit };

        await MailKitClient.SendAsync(server, message);

        var received = server.Messages.Single();
        received.MailParameters["BODY"].Should().Be("8BITMIME");
        using var sent = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        await message.WriteToAsync(format, sent, Cancellation);
        received.Raw.ToArray().Should().Equal(sent.ToArray());
        received.Parse().TextBody.Should().Contain("Grüße, 世界");
    }

    [Fact]
    public async Task Accepts_an_internationalised_address_with_SMTPUTF8()
    {
        await using var server = LocalSmtpServer.Start();

        using var client = await MailKitClient.ConnectAsync(server);
        var format = FormatOptions.Default.Clone();
        format.International = true;
        await client.SendAsync(format, MailKitClient.Message(to: "grüße@example.com"), Cancellation);

        server.Messages.Single().EnvelopeRecipients.Should().Equal("grüße@example.com");
        server.Messages.Single().MailParameters.Should().ContainKey("SMTPUTF8").WhoseValue.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_an_internationalised_address_without_SMTPUTF8()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { SmtpUtf8 = false });
        await using var client = await RawSmtpClient.GreetAsync(server);

        (await client.CommandAsync("MAIL FROM:<ada@example.com> SMTPUTF8")).Should().StartWith("555 5.5.4");
        await client.CommandAsync("MAIL FROM:<ada@example.com>");
        (await client.CommandAsync("RCPT TO:<grüße@example.com>")).Should().StartWith("553 5.6.7");
    }

    [Fact]
    public async Task Offers_every_extension_by_default()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.ConnectAsync(server);

        (await client.CommandAsync("EHLO client")).Should().Be(
            "250-localhost\n250-PIPELINING\n250-SIZE 33554432\n250-8BITMIME\n250-SMTPUTF8\n250 ENHANCEDSTATUSCODES");
    }

    [Fact]
    public async Task Offers_nothing_that_is_switched_off()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions
        {
            Pipelining = false,
            Size = false,
            EightBitMime = false,
            SmtpUtf8 = false,
            EnhancedStatusCodes = false,
        });
        await using var client = await RawSmtpClient.ConnectAsync(server);

        (await client.CommandAsync("EHLO client")).Should().Be("250 localhost");
        (await client.CommandAsync("MAIL FROM:<a@example.com> SIZE=1")).Should().StartWith("555 Parameter");
        (await client.CommandAsync("MAIL FROM:<a@example.com> BODY=8BITMIME")).Should().StartWith("555 Parameter");
        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().Be("250 Sender ok");
        (await client.CommandAsync("STARTTLS")).Should().StartWith("502 ");
        (await client.CommandAsync("AUTH PLAIN")).Should().StartWith("502 ");
    }

    [Fact]
    public async Task Speaks_plain_SMTP_to_a_client_that_says_HELO()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.ConnectAsync(server);

        (await client.CommandAsync("HELO client")).Should().Be("250 localhost");
        (await client.CommandAsync("MAIL FROM:<a@example.com> SIZE=1")).Should().StartWith("555 ");
        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().Be("250 Sender ok");
    }

    [Theory]
    [InlineData("MAIL FROM:<a@example.com>", "503")]
    [InlineData("RCPT TO:<a@example.com>", "503")]
    [InlineData("DATA", "503")]
    [InlineData("EHLO", "501")]
    [InlineData("NOOP", "250")]
    [InlineData("RSET", "250")]
    [InlineData("RSET now", "501")]
    [InlineData("VRFY ada", "252")]
    [InlineData("HELP", "502")]
    [InlineData("GET / HTTP/1.1", "500")]
    [InlineData("", "500")]
    [InlineData("NOOP\nNOOP", "500")]
    [InlineData("NOOP\rNOOP", "500")]
    [InlineData("quit", "221")]
    public async Task Replies_to_a_command_before_EHLO(string command, string code)
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.ConnectAsync(server);

        (await client.CommandAsync(command)).Should().StartWith(code);
    }

    [Theory]
    [InlineData("MAIL FROM: <a@example.com>", "501")]
    [InlineData("MAIL FROM:a@example.com", "501")]
    [InlineData("MAIL FROM:<a@example.com", "501")]
    [InlineData("MAIL FROM:<a b@example.com>", "501")]
    [InlineData("MAIL FROM:<a@example.com>SIZE=1", "501")]
    [InlineData("MAIL FROM:<a@example.com> SIZE=many", "501")]
    [InlineData("MAIL FROM:<a@example.com> BODY=BINARYMIME", "501")]
    [InlineData("MAIL FROM:<a@example.com> RET=HDRS", "555")]
    [InlineData("MAIL FROM:<a@example.com> SIZE=99999999999", "552")]
    [InlineData("mail from:<a@example.com> size=10 body=8bitmime smtputf8", "250")]
    [InlineData("MAIL FROM:<>", "250")]
    [InlineData("MAIL FROM:<\"a>b\\\"\"@example.com>", "250")]
    [InlineData("MAIL FROM:<@relay.example,@other.example:a@example.com>", "250")]
    public async Task Judges_the_argument_of_MAIL(string command, string code)
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        (await client.CommandAsync(command)).Should().StartWith(code);
    }

    [Fact]
    public async Task Holds_to_the_sequence_of_a_transaction()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        await client.CommandAsync("MAIL FROM:<a@example.com>");
        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("503 5.5.1");
        (await client.CommandAsync("DATA")).Should().StartWith("554 5.5.1");
        (await client.CommandAsync("RCPT TO:<>")).Should().StartWith("501 5.5.4");
        (await client.CommandAsync("RCPT TO:<b@example.com> NOTIFY=NEVER")).Should().StartWith("555 5.5.4");
        (await client.CommandAsync("RCPT TO:<b@example.com>")).Should().StartWith("250 2.1.5");
        (await client.CommandAsync("RSET")).Should().StartWith("250 2.0.0");
        (await client.CommandAsync("RCPT TO:<b@example.com>")).Should().StartWith("503 5.5.1");
        await client.CommandAsync("MAIL FROM:<a@example.com>");
        await client.CommandAsync("EHLO again");
        (await client.CommandAsync("MAIL FROM:<a@example.com>")).Should().StartWith("250 2.1.0");
    }

    [Fact]
    public async Task Takes_a_pipelined_conversation_in_one_piece()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        await client.SendAsync("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<c@example.com>\r\nDATA\r\n"
            + "Subject: one\r\n\r\nfirst\r\n.\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<d@example.com>\r\nDATA\r\nSubject: two\r\n\r\nsecond\r\n.\r\nQUIT\r\n");
        var replies = await client.ReadToEndAsync();

        replies.Split("\r\n").Select(line => line.Split(' ')[0]).Should().Equal("250", "250", "250", "354", "250", "250", "250", "354", "250", "221", "");
        server.Messages.Select(message => message.Parse().Subject).Should().Equal("one", "two");
        server.Messages[0].EnvelopeRecipients.Should().Equal("b@example.com", "c@example.com");
    }

    [Fact]
    public async Task Refuses_a_declared_size_above_the_limit_S21()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { MaxMessageSize = 100 });
        await using var client = await RawSmtpClient.ConnectAsync(server);

        (await client.CommandAsync("EHLO client")).Should().Contain("SIZE 100\n");
        (await client.CommandAsync("MAIL FROM:<a@example.com> SIZE=101")).Should().StartWith("552 5.3.4");
        (await client.CommandAsync("MAIL FROM:<a@example.com> SIZE=100")).Should().StartWith("250");
    }

    [Fact]
    public async Task Refuses_content_above_the_limit_and_goes_on()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { MaxMessageSize = 100 });
        await using var client = await RawSmtpClient.GreetAsync(server);

        await StartContentAsync(client);
        (await client.SendAsync(new string('x', 99) + "\r\n.\r\n", thenRead: true)).Should().StartWith("552 5.3.4");
        await StartContentAsync(client);
        (await client.SendAsync(new string('x', 98) + "\r\n.\r\n", thenRead: true)).Should().StartWith("250");

        server.Messages.Should().ContainSingle().Which.Raw.Length.Should().Be(100);
    }

    [Fact]
    public async Task Refuses_content_with_a_line_above_998_bytes()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        await StartContentAsync(client);
        (await client.SendAsync($"short\r\n{new string('x', 999)}\r\n.\r\n", thenRead: true)).Should().StartWith("554 5.6.0");
        await StartContentAsync(client);
        (await client.SendAsync($".{new string('.', 998)}\r\nshort\r\n.\r\n", thenRead: true)).Should().StartWith("250");

        server.Messages.Should().ContainSingle().Which.LongestLine.Should().Be(998);
    }

    [Theory]
    [InlineData(1025)]
    [InlineData(100_000)]
    public async Task Refuses_an_overlong_command_and_goes_on(int length)
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        (await client.CommandAsync("NOOP " + new string('x', length - 5))).Should().StartWith("500 5.5.6");
        (await client.CommandAsync("NOOP")).Should().StartWith("250");
    }

    [Fact]
    public async Task Tells_its_address_as_a_DSN()
    {
        await using var open = LocalSmtpServer.Start();
        await using var guarded = LocalSmtpServer.Start(new LocalSmtpServerOptions { Security = SmtpServerSecurity.StartTls, UserName = "a@b", Password = "p/w" });

        open.Dsn.Should().Be(string.Create(CultureInfo.InvariantCulture, $"smtp://127.0.0.1:{open.Port}?security=none"));
        guarded.Dsn.Should().Be(string.Create(CultureInfo.InvariantCulture, $"smtp://a%40b:p%2Fw@127.0.0.1:{guarded.Port}?security=starttls"));
    }

    [Fact]
    public async Task Says_what_to_do_when_the_port_is_in_use()
    {
        await using var server = LocalSmtpServer.Start();

        var start = () => LocalSmtpServer.Start(new LocalSmtpServerOptions { Port = server.Port });

        start.Should().Throw<IOException>().WithMessage("*127.0.0.1:*Choose another port, or 0*");
    }

    [Fact]
    public async Task Writes_down_the_conversation_without_content()
    {
        await using var server = LocalSmtpServer.Start();
        await using var client = await RawSmtpClient.GreetAsync(server);

        await client.SendAsync("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nsecret\r\n.\r\nQUIT\r\n");
        await client.ReadToEndAsync();

        server.Transcript.Commands.Should().Equal("EHLO client", "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA", "QUIT");
        server.Transcript.Replies.Should().EndWith("221 2.0.0 Goodbye <Close>");
        server.Transcript.ToString().Should().Contain("1 C: DATA").And.NotContain("secret");
        server.Messages.Single().ToString().Should().Be("message of 8 bytes to 1 recipients on connection 1");
    }

    [Fact]
    public async Task Keeps_only_the_latest_lines_of_the_transcript()
    {
        await using var server = LocalSmtpServer.Start(new LocalSmtpServerOptions { TranscriptCapacity = 2 });
        await using var client = await RawSmtpClient.GreetAsync(server);

        await client.CommandAsync("NOOP");

        server.Transcript.Lines.Select(line => line.Text).Should().Equal("NOOP", "250 2.0.0 Ok");
    }

    private static async Task StartContentAsync(RawSmtpClient client)
    {
        await client.SendAsync("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
        await client.ReadReplyAsync();
        await client.ReadReplyAsync();
        (await client.ReadReplyAsync()).Should().StartWith("354");
    }
}
