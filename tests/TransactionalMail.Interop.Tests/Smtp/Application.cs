using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Interop.Tests.Dkim;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>An application that signs its mail and hands it to a relay on this machine.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Application(int port, Action<SmtpOptions>? configure = null, SentBytes? sent = null, int attempts = 1)
    {
        var services = new ServiceCollection();
        var mail = services.AddTransactionalMail(options => options.From = "Acme <no-reply@acme.example>");
        mail.AddStream("default", stream => (stream.Retry.MaxAttempts, stream.Retry.Delay) = (attempts, TimeSpan.FromMilliseconds(1)));
        foreach (var key in DkimKeys.All) mail.AddDkim(key);
        if (sent is not null) mail.AddTransport("bytes", _ => sent);
        mail.AddSmtp(smtp =>
        {
            smtp.Host = "127.0.0.1";
            smtp.Port = port;
            smtp.Security = SmtpSecurity.None;
            smtp.ConnectTimeout = smtp.SendTimeout = TimeSpan.FromSeconds(20);
            smtp.CertificateValidation = TestCertificate.Pin;
            configure?.Invoke(smtp);
        });
        _services = services.BuildServiceProvider();
        Mailer = _services.GetRequiredService<ITransactionalMailer>();
    }

    public static EmailMessage Mail { get; } = new()
    {
        To = ["Ada Lovelace <ada@example.com>"],
        Subject = "Größe: your order 1042 has shipped 📦",
        TextBody = "Hello Ada,\n\n.a line that begins with a dot\n..and another\nFrom here on, all is well.\n\n.\n",
        HtmlBody = "<p>Hello Ada, <b>Größe</b> M is on its way.</p>",
        Attachments = [new EmailAttachment("Größe.bin", Enumerable.Range(0, 10_000).Select(i => (byte)i).ToArray())],
    };

    public ITransactionalMailer Mailer { get; }

    public Task<MailReceipt> SendAsync(EmailMessage? mail = null) => Mailer.SendAsync(mail ?? Mail, TestContext.Current.CancellationToken);

    /// <summary>Sends what no relay will take, and returns why.</summary>
    public async Task<MailDeliveryException> FailAsync(EmailMessage? mail = null)
    {
        var sending = () => SendAsync(mail);
        return (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
