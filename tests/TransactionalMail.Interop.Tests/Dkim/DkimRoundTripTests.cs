using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>Many mails of all kinds, signed, sent over SMTP and verified as they arrive.</summary>
public sealed class DkimRoundTripTests
{
    private const int Count = 10_000;
    private const int Seed = 8463;

    [Fact]
    public async Task Two_verifiers_accept_every_signature_of_10000_mails_received_over_SMTP_D02()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var mimeKit = new List<string>(Count);

        var dkimPy = await DkimVerifiers.Find(DkimVerifiers.DkimPy).VerifyAsync(DkimKeys.Records, VerifiedByMimeKitAsync(mimeKit, cancellationToken), cancellationToken);

        var signedOnce = RandomMails().Count(mail => mail.From!.AsciiDomain == "xn--bcher-kva.example");
        var expected = new Dictionary<string, int> { ["pass"] = signedOnce, ["pass pass"] = Count - signedOnce };
        mimeKit.CountBy(result => result).Should().BeEquivalentTo(expected);
        dkimPy.CountBy(result => result).Should().BeEquivalentTo(expected);
    }

    private static async IAsyncEnumerable<byte[]> VerifiedByMimeKitAsync(List<string> results, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var verifier = DkimCheck.For(DkimKeys.All);
        await foreach (var mail in ReceivedMailsAsync(cancellationToken))
        {
            mail.HasBareLineEndings.Should().BeFalse();
            var bytes = mail.Raw.ToArray();
            results.Add(string.Join(' ', verifier.Verify(bytes).Select(passed => passed ? "pass" : "fail")));
            yield return bytes;
        }
    }

    private static async IAsyncEnumerable<ReceivedMessage> ReceivedMailsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arrived = Channel.CreateBounded<ReceivedMessage>(100);
        await using var server = LocalSmtpServer.Start(new()
        {
            RetainMessages = false,
            TranscriptCapacity = 0,
            OnMessage = message => arrived.Writer.WriteAsync(message, cancellationToken),
        });
        var sending = SendAsync(server, arrived.Writer, cancellationToken);
        await foreach (var mail in arrived.Reader.ReadAllAsync(cancellationToken)) yield return mail;
        await sending;
    }

    private static async Task SendAsync(LocalSmtpServer server, ChannelWriter<ReceivedMessage> arrived, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        var builder = services.AddTransactionalMail().AddSmtp(smtp => (smtp.Host, smtp.Port, smtp.Security) = (server.Host, server.Port, SmtpSecurity.None));
        foreach (var key in DkimKeys.All) builder.AddDkim(key);
        await using var provider = services.BuildServiceProvider();
        var mailer = provider.GetRequiredService<ITransactionalMailer>();
        try
        {
            await Parallel.ForEachAsync(RandomMails(), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (mail, token) => await mailer.SendAsync(mail, token));
        }
        finally
        {
            arrived.Complete();
        }
    }

    private static IEnumerable<EmailMessage> RandomMails()
    {
        var mails = new RandomMail(Seed, sendable: true);
        return Enumerable.Range(0, Count).Select(_ => mails.Next());
    }
}
