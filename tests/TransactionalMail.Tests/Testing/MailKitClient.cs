using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

/// <summary>MailKit, as an application would use it.</summary>
internal static class MailKitClient
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SmtpClient> ConnectAsync(LocalSmtpServer server, SecureSocketOptions security = SecureSocketOptions.None)
    {
        var client = new SmtpClient { CheckCertificateRevocation = false };
        client.ServerCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is not null && certificate.GetCertHashString() == server.Certificate?.GetCertHashString();
        await client.ConnectAsync(server.Host, server.Port, security, Cancellation);
        return client;
    }

    public static async Task SendAsync(LocalSmtpServer server, MimeMessage message, SecureSocketOptions security = SecureSocketOptions.None)
    {
        using var client = await ConnectAsync(server, security);
        await client.SendAsync(message, Cancellation);
        await client.DisconnectAsync(quit: true, Cancellation);
    }

    public static MimeMessage Message(string text = "Hello", string to = "grace@example.com") => new(
        [new MailboxAddress("Ada", "ada@example.com")], [new MailboxAddress("Grace", to)], "Greetings", new TextPart("plain") { Text = text });

    public static string? Text(ReceivedMessage message) => message.Parse().TextBody?.TrimEnd();
}
