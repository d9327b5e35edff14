using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Security;
using TransactionalMail.Mime;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Mime;

public sealed class DkimSigningTests(ITestOutputHelper output)
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signs_with_every_key_of_the_domain_and_each_signature_verifies()
    {
        DkimOptions rsa = Key("m1", RsaPem(2048)), ed25519 = Key("m2", Ed25519Pem());

        using var mail = await SendAsync([rsa, ed25519], Some.Email() with { TextBody = "a \r\n.\r\n\r\n\r\n", Subject = new string('ä', 400) });

        (await VerifyAsync(mail, rsa, ed25519)).Should().Equal(true, true);
        mail.Headers[HeaderId.DkimSignature].Should().Contain("c=relaxed/relaxed");
    }

    [Theory]
    [InlineData("Subject")]
    [InlineData("From")]
    [InlineData("To")]
    [InlineData("Reply-To")]
    public async Task A_second_field_breaks_the_signature_D03(string field)
    {
        var key = Key("m1", RsaPem(2048));
        using var mail = await SendAsync([key], Some.Email());

        mail.Headers.Add(field, "other@example.org");

        (await VerifyAsync(mail, key)).Should().Equal(false);
    }

    [Fact]
    public async Task Leaves_mail_of_another_domain_unsigned()
    {
        using var mail = await SendAsync([Key("m1", RsaPem(2048))], Some.Email() with { From = "a@other.example" });

        mail.Headers.Contains(HeaderId.DkimSignature).Should().BeFalse();
    }

    [Fact]
    public async Task Signs_mail_of_a_subdomain_with_the_nearest_key_above()
    {
        var key = Key("m1", RsaPem(2048));

        using var mail = await SendAsync([key], Some.Email() with { From = "a@mail.acme.example" });

        (await VerifyAsync(mail, key)).Should().Equal(true);
    }

    [Fact]
    public async Task A_rotated_key_file_is_picked_up_and_a_bad_one_is_not()
    {
        var path = Path.GetTempFileName();
        try
        {
            var clock = Some.Clock();
            string first = RsaPem(2048), second = RsaPem(2048);
            await File.WriteAllTextAsync(path, first, s_ct);
            var key = new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = path };
            var services = Some.Services(mail => mail.AddDkim(key));
            services.AddSingleton<TimeProvider>(clock);
            var fake = services.UseFakeMail();
            await using var provider = services.BuildServiceProvider();
            var mailer = provider.GetRequiredService<ITransactionalMailer>();

            await RotateAsync("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
            (await VerifiesWithAsync(first)).Should().BeTrue();
            await RotateAsync(second + "\n");
            (await VerifiesWithAsync(second)).Should().BeTrue();

            async Task RotateAsync(string pem)
            {
                await mailer.SendAsync(Some.Email(), s_ct);
                await File.WriteAllTextAsync(path, pem, s_ct);
                clock.Advance(TimeSpan.FromSeconds(10));
            }

            async Task<bool> VerifiesWithAsync(string pem)
            {
                await mailer.SendAsync(Some.Email(), s_ct);
                using var mail = fake.Sent[^1].Parse();
                return (await VerifyAsync(mail, Key("m1", pem))).Single();
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Ten_thousand_signed_messages_verify_after_the_SMTP_trip_D02()
    {
        const int Count = 10_000;
        var random = new Random(7);
        var key = Key("m1", RsaPem(1024));
        var locator = new Dns(key);
        var failed = 0;
        await using var server = LocalSmtpServer.Start(new() { RetainMessages = false, TranscriptCapacity = 0, OnMessage = Verify });
        var mailer = Some.Services(mail => mail.AddTransport("smtp", server.Dsn).AddDkim(key)).BuildServiceProvider().GetRequiredService<ITransactionalMailer>();
        var bodies = Enumerable.Range(0, Count).Select(i => (Body: $"{i} {new string("ab .\nä="[random.Next(7)], random.Next(300))}\n.\n {i}  \n\n", Subject: $"Nr. {i} {new string('ö', random.Next(60))}")).ToArray();

        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = s_ct }, async (m, ct) => await mailer.SendAsync(Some.Email() with { Subject = m.Subject, TextBody = m.Body }, ct));

        server.MessageCount.Should().Be(Count);
        failed.Should().Be(0);
        output.WriteLine($"{Count} sent, {Count - failed} verified.");

        async ValueTask Verify(ReceivedMessage received)
        {
            using var message = received.Parse();
            var passed = await new DkimVerifier(locator).VerifyAsync(message, message.Headers[message.Headers.IndexOf(HeaderId.DkimSignature)], s_ct);
            if (!passed) Interlocked.Increment(ref failed);
        }
    }

    private static DkimOptions Key(string selector, string pem) => new() { Domain = "acme.example", Selector = selector, PrivateKey = pem };

    private static string RsaPem(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }

    private static string Ed25519Pem()
    {
        using var text = new StringWriter();
        using var writer = new PemWriter(text);
        writer.WriteObject(new Org.BouncyCastle.OpenSsl.Pkcs8Generator(new Ed25519PrivateKeyParameters(new SecureRandom())));
        writer.Writer.Flush();
        return text.ToString();
    }

    private static async Task<MimeMessage> SendAsync(IEnumerable<DkimOptions> keys, EmailMessage message)
    {
        var (mailer, fake) = Some.FakeMailer(mail =>
        {
            foreach (var key in keys) mail.AddDkim(key);
        });
        await mailer.SendAsync(message, s_ct);
        return fake.Single().Parse();
    }

    private static async Task<List<bool>> VerifyAsync(MimeMessage mail, params DkimOptions[] keys)
    {
        var verifier = new DkimVerifier(new Dns(keys));
        var results = new List<bool>();
        foreach (var signature in mail.Headers.Where(h => h.Id == HeaderId.DkimSignature)) results.Add(await verifier.VerifyAsync(mail, signature, s_ct));
        return results;
    }

    private sealed class Dns(params DkimOptions[] keys) : IDkimPublicKeyLocator
    {
        private readonly Dictionary<string, AsymmetricKeyParameter> _records = keys.Select(DkimDnsRecord.For).ToDictionary(r => r.Name, r =>
        {
            var key = Convert.FromBase64String(r.Value[(r.Value.IndexOf("p=", StringComparison.Ordinal) + 2)..]);
            return r.Value.Contains("ed25519", StringComparison.Ordinal) ? new Ed25519PublicKeyParameters(key) : PublicKeyFactory.CreateKey(key);
        }, StringComparer.Ordinal);

        public AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) => _records[$"{selector}._domainkey.{domain}"];

        public Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
