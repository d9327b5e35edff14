using System.Security.Cryptography;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using TransactionalMail;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

/// <summary>What a newcomer has not set up yet: a relay and a DKIM key, both living as long as this process.</summary>
internal sealed class EmbeddedRelay : IAsyncDisposable
{
    private readonly LocalSmtpServer _server;
    private readonly DkimDnsRecord _published;
    private int _received;

    private EmbeddedRelay(LocalSmtpServer server, DkimDnsRecord published)
    {
        _server = server;
        _published = published;
    }

    public static EmbeddedRelay Start(TransactionalMailBuilder mail)
    {
        using var rsa = RSA.Create(2048);
        var key = new DkimOptions { Domain = "acme.example", Selector = "quickstart", PrivateKey = rsa.ExportPkcs8PrivateKeyPem() };
        var server = LocalSmtpServer.Start();
        mail.AddSmtp("embedded", smtp =>
        {
            smtp.Host = server.Host;
            smtp.Port = server.Port;
            smtp.Security = SmtpSecurity.None;
        });
        mail.AddDkim(key);
        return new EmbeddedRelay(server, DkimDnsRecord.For(key));
    }

    /// <summary>Leaves the newest received mail as a file and checks its signature against the key as DNS would publish it.</summary>
    public async Task<string> InspectLastAsync()
    {
        var received = (await _server.WaitForMessagesAsync(++_received))[^1];
        var path = Path.Combine(Path.GetTempPath(), $"quickstart-{_received}.eml");
        await File.WriteAllBytesAsync(path, received.Raw);

        using var message = received.Parse();
        var signature = message.Headers[message.Headers.IndexOf(HeaderId.DkimSignature)];
        var passed = await new DkimVerifier(new Dns(_published)).VerifyAsync(FormatOptions.Default, message, signature);
        return $"dkim={(passed ? "pass" : "fail")} received as {path}";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Dns(DkimDnsRecord record) : IDkimPublicKeyLocator
    {
        public AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default)
        {
            if ($"{selector}._domainkey.{domain}" != record.Name) throw new InvalidOperationException($"No key is published for {selector}._domainkey.{domain}.");
            return PublicKeyFactory.CreateKey(Convert.FromBase64String(record.Value[(record.Value.IndexOf("p=", StringComparison.Ordinal) + 2)..]));
        }

        public Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
