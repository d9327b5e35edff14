using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

public class MailDeliveryTests
{
    private readonly FakeMailTransport _primary = new() { Name = "primary" };
    private readonly FakeMailTransport _backup = new() { Name = "backup" };

    [Fact]
    public async Task Returns_a_receipt_with_one_outcome_for_each_recipient()
    {
        _primary.RejectRecipient("grace@example.com");

        var receipt = await Mailer().SendAsync(Some.Email("ada@example.com", "grace@example.com"), TestContext.Current.CancellationToken);

        receipt.Attempts.Should().Be(1);
        receipt.MessageId.Should().EndWith("@acme.example");
        receipt.Recipients.Should().SatisfyRespectively(
            ada => ada.Status.Should().Be(RecipientStatus.Accepted),
            grace =>
            {
                grace.Status.Should().Be(RecipientStatus.Rejected);
                grace.Diagnostic.Should().Be("550 5.1.1 No such mailbox");
            });
    }

    [Theory]
    [InlineData(TransportFailure.Network)]
    [InlineData(TransportFailure.Timeout)]
    [InlineData(TransportFailure.Unavailable)]
    [InlineData(TransportFailure.Throttled)]
    [InlineData(TransportFailure.Authentication)]
    [InlineData(TransportFailure.SenderRejected)]
    [InlineData(TransportFailure.QuotaExceeded)]
    [InlineData(TransportFailure.Tls)]
    [InlineData(TransportFailure.MessageTooLarge)]
    [InlineData(TransportFailure.UnsupportedFeature)]
    public async Task Fails_over_when_the_first_relay_definitely_did_not_take_the_mail(TransportFailure failure)
    {
        _primary.FailNext(failure);

        var receipt = await Mailer().SendAsync(Some.Email(), TestContext.Current.CancellationToken);

        receipt.Attempts.Should().Be(2);
        receipt.Recipients.Should().ContainSingle().Which.TransportName.Should().Be("backup");
        _primary.ShouldBeEmpty();
        _backup.Single();
    }

    [Theory]
    [InlineData(TransportFailure.MessageRejected)]
    [InlineData(TransportFailure.RecipientsRejected)]
    public async Task Stops_when_another_relay_would_not_help(TransportFailure failure)
    {
        _primary.FailNext(failure);

        var sending = () => Mailer().SendAsync(Some.Email(), TestContext.Current.CancellationToken);

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.IsTransient.Should().BeFalse();
        _backup.ShouldBeEmpty();
    }

    [Fact]
    public async Task Never_fails_over_when_the_mail_may_have_gone_out()
    {
        _primary.FailNext(TransportFailure.Network, mayHaveBeenAccepted: true);

        var sending = () => Mailer().SendAsync(Some.Email(), TestContext.Current.CancellationToken);

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        failure.MayHaveBeenAccepted.Should().BeTrue();
        failure.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Unknown);
        _primary.Single();
        _backup.ShouldBeEmpty();
    }

    [Fact]
    public async Task Throws_when_every_recipient_was_refused()
    {
        _primary.RejectRecipient("ada@example.com");

        var sending = () => Mailer().SendAsync(Some.Email(), TestContext.Current.CancellationToken);

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        failure.Message.Should().Contain("550 5.1.1 No such mailbox").And.NotContain("ada@example.com");
        failure.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Lists_what_each_transport_said_when_all_failed()
    {
        _primary.FailNext(TransportFailure.Network);
        _backup.FailNext(TransportFailure.Authentication);

        var sending = () => Mailer().SendAsync(Some.Email(), TestContext.Current.CancellationToken);

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        failure.Attempts.Should().Be(2);
        failure.IsTransient.Should().BeTrue();
        failure.Failures.Select(f => f.TransportName).Should().Equal("primary", "backup");
        failure.Message.Should().Contain("\"primary\"").And.Contain("\"backup\"").And.Contain(failure.Id.ToString());
    }

    [Fact]
    public async Task Skips_a_transport_that_cannot_carry_what_the_message_asks_for()
    {
        var plain = new FakeMailTransport { Name = "plain", Features = MailFeatures.Mime };
        var mailer = Mailer(plain, _backup);

        var receipt = await mailer.SendAsync(Some.Email() with { TrackOpens = true }, TestContext.Current.CancellationToken);

        receipt.Attempts.Should().Be(1);
        receipt.Recipients[0].TransportName.Should().Be("backup");
        plain.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_the_feature_that_no_transport_can_carry()
    {
        var plain = new FakeMailTransport { Name = "plain", Features = MailFeatures.None };

        var sending = () => Mailer(plain).SendAsync(Some.Email() with { Tags = ["receipt"], TrackClicks = true }, TestContext.Current.CancellationToken);

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        failure.Attempts.Should().Be(0);
        failure.Message.Should().Contain("Tags").And.Contain("ClickTracking").And.Contain("\"plain\"");
        failure.Failures.Should().OnlyContain(f => f.Failure == TransportFailure.UnsupportedFeature);
    }

    private ITransactionalMailer Mailer() => Mailer(_primary, _backup);

    private static ITransactionalMailer Mailer(params FakeMailTransport[] transports) =>
        Some.Services(mail => Array.ForEach(transports, t => mail.AddTransport(t.Name, _ => t)))
            .BuildServiceProvider().GetRequiredService<ITransactionalMailer>();
}
