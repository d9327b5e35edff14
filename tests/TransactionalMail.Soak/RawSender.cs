using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TransactionalMail.Soak;

/// <summary>The same mails as <see cref="Letter"/> by MailKit alone, on one connection that is kept: MailKit at its best, without Nagle's algorithm.</summary>
internal sealed class RawSender : IDisposable
{
    private readonly SmtpClient _client = new();

    public static async Task<RawSender> ConnectAsync(int port)
    {
        var sender = new RawSender();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        await sender._client.ConnectAsync(socket, "127.0.0.1", port, SecureSocketOptions.None);
        return sender;
    }

    public async Task SendAsync(int index)
    {
        var letter = Letter.Write(index);
        using var message = new MimeMessage { Subject = letter.Subject! };
        message.From.Add(new MailboxAddress("Soak", "no-reply@soak.example"));
        message.To.Add(new MailboxAddress(null, letter.To[0].Address));
        message.Cc.Add(new MailboxAddress(null, letter.Cc[0].Address));
        message.Headers.Add("X-TransactionalMail-Id", MailId.New(DateTimeOffset.UtcNow).ToString());
        message.Body = new BodyBuilder { TextBody = letter.TextBody, HtmlBody = letter.HtmlBody }.ToMessageBody();
        await _client.SendAsync(message, new MailboxAddress(null, letter.EnvelopeSender!.Address), [.. message.To.Mailboxes, .. message.Cc.Mailboxes]);
    }

    public void Dispose() => _client.Dispose();
}
