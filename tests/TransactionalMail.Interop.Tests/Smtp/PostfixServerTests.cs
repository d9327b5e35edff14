using System.Text;
using TransactionalMail.Interop.Tests.Dkim;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>A real Postfix takes our mail and relays it to a server that shows what arrived.</summary>
public sealed class PostfixServerTests(PostfixFixture fixture) : IClassFixture<PostfixFixture>, IAsyncLifetime
{
    private static readonly string[] s_verifiers = [DkimVerifiers.OpenDkim, DkimVerifiers.DkimPy, DkimVerifiers.MailAuth];

    private int _port;

    public async ValueTask InitializeAsync() => _port = await fixture.ReadyAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Three_verifiers_accept_both_signatures_of_a_mail_it_relayed_D02()
    {
        var sent = new SentBytes();
        await using var application = Start(sent);

        await application.SendAsync();

        var relayed = await RelayedAsync(1);
        var bytes = relayed[0].Raw.ToArray();
        Encoding.UTF8.GetString(bytes).Should().StartWith("Received: ").And.EndWith(Encoding.UTF8.GetString(sent.Mails[0]));
        var tampered = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(bytes).Replace("ada@example.com>\r\n", "eve@example.com>\r\n", StringComparison.Ordinal));
        foreach (var verifier in s_verifiers)
        {
            var results = await DkimVerifiers.Find(verifier).VerifyAsync(DkimKeys.Records, new[] { bytes, tampered }.ToAsyncEnumerable(), TestContext.Current.CancellationToken);
            results[0].Should().Be("pass pass", verifier);
            results[1].Should().StartWith("fail", verifier).And.NotContain("pass", verifier);
        }
    }

    [Fact]
    public async Task Relays_each_of_50_parallel_mails_once_S27()
    {
        await using var application = Start();

        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => application.SendAsync(Application.Mail with { To = [$"user{i}@example.com"] })));

        receipts.Should().OnlyContain(receipt => receipt.Attempts == 1);
        (await RelayedAsync(50)).Select(message => message.EnvelopeRecipients.Single()).Should().BeEquivalentTo(Enumerable.Range(0, 50).Select(i => $"user{i}@example.com"));
    }

    [Fact]
    public async Task Answers_for_each_recipient_S05()
    {
        await using var application = Start();

        var receipt = await application.SendAsync(Application.Mail with { To = ["gone@example.com", "ada@example.com", "grace@example.com"] });

        receipt.Recipients.Select(recipient => recipient.Status).Should().Equal(RecipientStatus.Rejected, RecipientStatus.Accepted, RecipientStatus.Deferred);
        receipt.Recipients[0].Diagnostic.Should().StartWith("550 5.1.1").And.NotContain("gone@example.com");
        receipt.Recipients[2].Diagnostic.Should().StartWith("452 4.2.2");
        (await RelayedAsync(1))[0].EnvelopeRecipients.Should().Equal("ada@example.com");
    }

    [Fact]
    public async Task Gets_nothing_larger_than_it_takes_S21()
    {
        await using var application = Start();

        var failure = await application.FailAsync(Application.Mail with { Attachments = [new EmailAttachment("big.bin", new byte[100_000])] });

        failure.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.MessageTooLarge);
    }

    private Application Start(SentBytes? sent = null) => new(_port, smtp => smtp.Security = SmtpSecurity.StartTls, sent);

    private Task<IReadOnlyList<ReceivedMessage>> RelayedAsync(int count) => fixture.Destination.WaitForMessagesAsync(count, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
