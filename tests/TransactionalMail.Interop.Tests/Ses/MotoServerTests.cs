using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Transports.Http;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Interop.Tests.Ses;

/// <summary>What we sign for Amazon SES, before a judge that is neither ours nor the SDK's.</summary>
public sealed class MotoServerTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;
    private readonly List<string> _answers = [];

    [Fact]
    public async Task Takes_a_mail_that_is_signed_with_the_right_key()
    {
        await moto.ReadyAsync(s_ct);
        var before = (await moto.ReadMailsAsync(s_ct)).Count;

        var receipt = await SendAsync(static _ => { });

        receipt.Recipients.Should().HaveCount(2).And.OnlyContain(r => r.Status == RecipientStatus.Accepted && r.ProviderMessageId != null);
        var mail = (await moto.ReadMailsAsync(s_ct)).Skip(before).Should().ContainSingle().Which;
        ((string)mail["id"]!).Should().Be(receipt.Recipients[0].ProviderMessageId);
        mail["destinations"]!.AsArray().Select(static d => (string)d!).Should().Contain("ada@example.com").And.Contain("hidden@example.com");
        ((string)mail["raw_data"]!).Should().Contain($"X-TransactionalMail-Id: {receipt.Id}").And.NotContain("hidden");
    }

    [Theory]
    [InlineData("secret", "SignatureDoesNotMatch")]
    [InlineData("key", "InvalidClientTokenId")]
    public async Task Refuses_a_mail_that_is_signed_with_another(string wrong, string code)
    {
        await moto.ReadyAsync(s_ct);
        var before = (await moto.ReadMailsAsync(s_ct)).Count;

        var sending = () => SendAsync(ses =>
        {
            if (wrong is "secret") ses.SecretAccessKey = "wrong";
            else ses.AccessKeyId = "AKIAUNKNOWN00000000";
        });

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle().Which;
        (failure.Failure, failure.ProviderCode).Should().Be((TransportFailure.Authentication, "403"), "moto says why in XML, which SES does not speak");
        _answers.Should().ContainSingle().Which.Should().Contain($"<Code>{code}</Code>");
        (await moto.ReadMailsAsync(s_ct)).Should().HaveCount(before);
    }

    private async Task<MailReceipt> SendAsync(Action<SesOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddTransactionalMail(static options => options.From = "Acme <no-reply@acme.example>")
            .AddStream("default", static stream => stream.Retry.MaxAttempts = 1)
            .AddSes(ses =>
            {
                (ses.Region, ses.AccessKeyId, ses.SecretAccessKey, ses.BaseAddress) = (MotoServer.Region, moto.AccessKeyId, moto.SecretAccessKey, moto.Address);
                configure(ses);
            });
        services.AddHttpClient(HttpMailTransport.ClientName).ConfigurePrimaryHttpMessageHandler(() => new Listening(_answers));
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<ITransactionalMailer>().SendAsync(
            new EmailMessage { To = ["Ada <ada@example.com>"], Bcc = ["hidden@example.com"], Subject = "Größe 42", TextBody = "Grüße", Tags = ["order"], Metadata = new Dictionary<string, string> { ["order"] = "1042" } },
            s_ct);
    }

    /// <summary>Keeps what was answered.</summary>
    private sealed class Listening(List<string> answers) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            answers.Add(await response.Content.ReadAsStringAsync(cancellationToken));
            return response;
        }
    }
}
