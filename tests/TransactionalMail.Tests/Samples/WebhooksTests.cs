namespace TransactionalMail.Tests.Samples;

/// <summary>What a newcomer runs to see bounces come back.</summary>
public class WebhooksTests
{
    [Fact]
    public async Task Shows_a_delivery_a_bounce_and_that_the_next_mail_is_not_sent()
    {
        var output = await Sample.RunAsync("Webhooks");

        output.Should().MatchRegex("MailDelivered by postmark").And.MatchRegex(@"MailBounced by postmark \(Hard: ").And.Contain("The next mail to gone@example.com: Suppressed.");
    }
}
