using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Delivery;

/// <summary>One stream over a provider's API and over SMTP: what the one leaves undone the other does, and never what may have been done.</summary>
public sealed class FailoverTests : IAsyncDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly PostmarkSimulator _postmark = new();
    private readonly LocalSmtpServer _smtp = LocalSmtpServer.Start();

    [Fact]
    public async Task SMTP_takes_what_the_provider_cannot()
    {
        _postmark.AnswerAlways(new SimulatedAnswer(HttpStatusCode.ServiceUnavailable, ""));
        await using var services = Services(_postmark.BaseAddress);

        var receipt = await SendAsync(services, Some.Email());

        receipt.Recipients.Should().ContainSingle().Which.TransportName.Should().Be("smtp");
        var arrived = (await _smtp.WaitForMessagesAsync(1, cancellationToken: s_ct))[0].Parse();
        arrived.Headers["X-TransactionalMail-Id"].Should().Be(receipt.Id.ToString());
        arrived.MessageId.Should().Be(receipt.MessageId);
    }

    [Fact]
    public async Task The_provider_takes_what_SMTP_cannot()
    {
        _smtp.On(SmtpStage.MailFrom, _ => "451 4.3.0 Try later");
        await using var services = Services(_postmark.BaseAddress, smtpFirst: true);

        var receipt = await SendAsync(services, Some.Email());

        receipt.Recipients.Should().ContainSingle().Which.TransportName.Should().Be("postmark");
        _postmark.Mails.Should().ContainSingle().Which["Metadata"]!["transactionalmail-id"]!.GetValue<string>().Should().Be(receipt.Id.ToString());
    }

    [Fact]
    public async Task A_feature_the_first_lacks_takes_the_mail_to_the_second()
    {
        await using var services = Services(_postmark.BaseAddress, smtpFirst: true);

        var receipt = await SendAsync(services, Some.Email() with { TrackOpens = true });

        receipt.Recipients.Should().ContainSingle().Which.TransportName.Should().Be("postmark");
        _smtp.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Nobody_else_gets_what_the_provider_may_have_taken()
    {
        await using var silent = new RawHttpServer((_, _) => Task.CompletedTask);
        await using var services = Services(silent.Address);

        var sending = () => SendAsync(services, Some.Email());

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.MayHaveBeenAccepted.Should().BeTrue();
        _smtp.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Nobody_else_gets_what_SMTP_may_have_taken()
    {
        _smtp.On(SmtpStage.EndOfData, _ => SmtpReply.Close);
        await using var services = Services(_postmark.BaseAddress, smtpFirst: true);

        var sending = () => SendAsync(services, Some.Email());

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.MayHaveBeenAccepted.Should().BeTrue();
        _postmark.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_recipient_the_provider_suppresses_is_not_tried_elsewhere_H12()
    {
        _postmark.Deactivate("gone@example.com");
        await using var services = Services(_postmark.BaseAddress);

        var receipt = await SendAsync(services, Some.Email("ada@example.com", "gone@example.com"));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Suppressed);
        _smtp.Messages.Should().BeEmpty();
    }

    [Fact]
    public async Task Recipients_SMTP_defers_go_to_the_provider_and_the_others_do_not()
    {
        _smtp.RejectRecipient("grace@example.com", "450 4.2.0 Greylisted");
        await using var services = Services(_postmark.BaseAddress, smtpFirst: true);

        var receipt = await SendAsync(services, Some.Email("ada@example.com", "grace@example.com"));

        receipt.Recipients.Select(r => r.TransportName).Should().Equal("smtp", "postmark");
        (await _smtp.WaitForMessagesAsync(1, cancellationToken: s_ct))[0].EnvelopeRecipients.Should().Equal("ada@example.com");
        _postmark.Mails.Should().ContainSingle().Which["To"]!.GetValue<string>().Should().Be("grace@example.com");
    }

    public async ValueTask DisposeAsync()
    {
        await _postmark.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    private static Task<MailReceipt> SendAsync(ServiceProvider services, EmailMessage message) => services.GetRequiredService<ITransactionalMailer>().SendAsync(message, s_ct);

    private ServiceProvider Services(Uri provider, bool smtpFirst = false) => Some.Services(mail => mail
        .AddPostmark(postmark => (postmark.Token, postmark.BaseAddress) = ("simulated-token", provider))
        .AddSmtp("smtp", smtp => (smtp.Host, smtp.Port, smtp.Security) = (_smtp.Host, _smtp.Port, SmtpSecurity.None))
        .AddStream("default", stream =>
        {
            foreach (var name in smtpFirst ? ["smtp", "postmark"] : (string[])["postmark", "smtp"]) stream.Transports.Add(name);
            stream.Retry.MaxAttempts = 1;
            stream.WhenInDoubt = InDoubtPolicy.Stop;
        })).BuildServiceProvider();
}
