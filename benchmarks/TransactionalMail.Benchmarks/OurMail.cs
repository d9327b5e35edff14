using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Benchmarks;

/// <summary>This library as an application registers it: one stream that ends before the network, two that send to a port of this machine.</summary>
internal sealed class OurMail : IAsyncDisposable
{
    public const string Domain = "acme.example";
    public const string Selector = "bench";

    private readonly ServiceProvider _services;

    public OurMail(string privateKey, int port = 25, string templates = "Templates")
    {
        var services = new ServiceCollection();
        services.AddTransactionalMail(static mail => mail.From = $"Acme <no-reply@{Domain}>")
            .AddTemplates(templates)
            .AddDkim(new DkimOptions { Domain = Domain, Selector = Selector, PrivateKey = privateKey })
            .AddTransport("nowhere", static _ => new Nowhere())
            .AddSmtp("one", smtp => (smtp.Host, smtp.Port, smtp.Security, smtp.MaxMessagesPerConnection) = ("127.0.0.1", port, SmtpSecurity.None, 1))
            .AddSmtp("kept", smtp => (smtp.Host, smtp.Port, smtp.Security, smtp.MaxMessagesPerConnection) = ("127.0.0.1", port, SmtpSecurity.None, int.MaxValue))
            .AddStream("compose", static stream => stream.Transports.Add("nowhere"))
            .AddStream("send", static stream => stream.Transports.Add("one"))
            .AddStream("send again", static stream => stream.Transports.Add("kept"));
        _services = services.BuildServiceProvider();
    }

    public IEmailTemplateRenderer Renderer => _services.GetRequiredService<IEmailTemplateRenderer>();

    /// <summary>Gets a mailer that prepares, composes, signs and writes a mail, and drops the bytes.</summary>
    public ITransactionalMailer Composing => _services.GetRequiredKeyedService<ITransactionalMailer>("compose");

    /// <summary>Gets a mailer that sends over SMTP, with a connection for each mail.</summary>
    public ITransactionalMailer Sending => _services.GetRequiredKeyedService<ITransactionalMailer>("send");

    /// <summary>Gets a mailer that sends over SMTP, on a connection it keeps.</summary>
    public ITransactionalMailer SendingAgain => _services.GetRequiredKeyedService<ITransactionalMailer>("send again");

    public static string NewPrivateKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Nowhere : IMailTransport
    {
        public MailFeatures Features => MailFeatures.Mime;

        public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
        {
            await mail.WriteToAsync(Stream.Null, cancellationToken);
            return TransportReceipt.Accepted(mail, "nowhere");
        }
    }
}
