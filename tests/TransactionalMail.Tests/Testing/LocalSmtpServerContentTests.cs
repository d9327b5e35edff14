using System.Text;
using System.Text.Json;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

public sealed class LocalSmtpServerContentTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("text\r\n", "text\r\n")]
    [InlineData("..\r\n", ".\r\n")]
    [InlineData("..dot\r\n...\r\n", ".dot\r\n..\r\n")]
    [InlineData(".dot\r\n", "dot\r\n")]
    [InlineData("a.\r\n b.b\r\n", "a.\r\n b.b\r\n")]
    [InlineData("\r\n\r\n..\r\n\r\n", "\r\n\r\n.\r\n\r\n")]
    public async Task Removes_stuffed_dots_however_the_bytes_are_cut(string sent, string received)
    {
        await using var server = LocalSmtpServer.Start();

        foreach (var cut in Enumerable.Range(0, sent.Length + 1)) await SendContentAsync(server, sent[..cut], sent[cut..]);

        server.Messages.Should().HaveCount(sent.Length + 1);
        server.Messages.Should().OnlyContain(message => Text(message) == received && !message.HasBareLineEndings);
    }

    [Theory]
    [InlineData("a\rb\r\n", "a\rb\r\n")]
    [InlineData("a\nb\r\n", "a\nb\r\n")]
    [InlineData("a\n.\nb\r\n", "a\n.\nb\r\n")]
    [InlineData("a\r\r\n.\r\r\nb\r\n", "a\r\r\n\r\r\nb\r\n")]
    [InlineData("a\r\n.\rb\r\n", "a\r\n\rb\r\n")]
    [InlineData("a\r\n.\nb\r\n", "a\r\n\nb\r\n")]
    [InlineData("a\n.\r\nb\r\n", "a\n.\r\nb\r\n")]
    [InlineData("a\r.\r\nb\r\n", "a\r.\r\nb\r\n")]
    [InlineData(".\r\r\nb\r\n", "\r\r\nb\r\n")]
    public async Task Ends_neither_line_nor_message_at_a_bare_CR_or_LF(string sent, string received)
    {
        await using var server = LocalSmtpServer.Start();

        foreach (var cut in Enumerable.Range(0, sent.Length + 1)) await SendContentAsync(server, sent[..cut], sent[cut..]);

        server.Messages.Should().HaveCount(sent.Length + 1);
        server.Messages.Should().OnlyContain(message => Text(message) == received && message.HasBareLineEndings);
    }

    [Fact]
    public async Task Sees_one_message_in_every_smuggling_payload()
    {
        var cases = JsonDocument.Parse(await File.ReadAllTextAsync(
            SharedData.Path("corpora/smtp-smuggling/cases.json"), TestContext.Current.CancellationToken)).RootElement.EnumerateArray().ToList();
        await using var server = LocalSmtpServer.Start();

        foreach (var payload in cases.Select(item => item.GetProperty("content").GetString()!))
        {
            server.Clear();
            await SendContentAsync(server, payload[..^".\r\n".Length]);

            server.Messages.Should().ContainSingle(because: "{0} holds no CRLF.CRLF before its end", JsonSerializer.Serialize(payload))
                .Which.EnvelopeRecipients.Should().Equal("b@example.com");
            server.Transcript.Commands.Should().NotContain(command => command.Contains("attacker.test"));
        }

        cases.Should().NotBeEmpty();
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases.Count} payloads");
    }

    [Fact]
    public async Task Sees_two_messages_where_the_first_really_ends()
    {
        await using var server = LocalSmtpServer.Start();

        await SendContentAsync(server, "one\r\n.\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\ntwo\r\n");
        var messages = await server.WaitForMessagesAsync(2, cancellationToken: TestContext.Current.CancellationToken);

        messages.Select(Text).Should().Equal("one\r\n", "two\r\n");
    }

    [Fact]
    public async Task Keeps_content_larger_than_its_buffers()
    {
        await using var server = LocalSmtpServer.Start();
        var lines = string.Concat(Enumerable.Range(0, 40_000).Select(number => $"..line {number} of a long message\r\n"));

        await SendContentAsync(server, lines);

        Text(server.Messages.Single()).Should().Be(lines.Replace("..line", ".line", StringComparison.Ordinal));
    }

    private static string Text(ReceivedMessage message) => Encoding.UTF8.GetString(message.Raw.Span);

    private static async Task SendContentAsync(LocalSmtpServer server, params string[] pieces)
    {
        await using var client = await RawSmtpClient.GreetAsync(server);
        await client.SendAsync("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
        for (var replies = 0; replies < 3; replies++) await client.ReadReplyAsync();

        foreach (var piece in pieces) await client.SendAsync(piece);
        (await client.SendAsync(".\r\n", thenRead: true)).Should().StartWith("250");
    }
}
