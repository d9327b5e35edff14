using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

public class FakeMailTransportTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_what_would_have_gone_out()
    {
        var (mailer, fake) = Some.FakeMailer();

        var receipt = await mailer.SendAsync(Some.Email() with { HtmlBody = "<b>hi</b>" }, s_ct);

        var mail = fake.Single(m => m.Subject == "Your order 1042");
        mail.Id.Should().Be(receipt.Id);
        mail.HtmlBody.Should().Be("<b>hi</b>");
        mail.Parse().HtmlBody.Should().Contain("<b>hi</b>");
        mail.Parse().MessageId.Should().Be(receipt.MessageId);
    }

    [Fact]
    public async Task Inboxes_of_parallel_tests_do_not_see_each_other()
    {
        var (mailer, fake) = Some.FakeMailer();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var inbox = fake.InboxOf($"user{i}@example.com");
            if (i % 3 == 0)
            {
                inbox.FailNext(TransportFailure.Network);
                var failing = () => mailer.SendAsync(Some.Email($"user{i}@example.com"), s_ct);
                await failing.Should().ThrowAsync<MailDeliveryException>();
            }

            await mailer.SendAsync(Some.Email($"user{i}@example.com") with { Subject = $"for {i}" }, s_ct);
            inbox.Single().Subject.Should().Be($"for {i}");
        }));

        fake.Sent.Should().HaveCount(200);
    }

    [Fact]
    public async Task Waits_for_mail_that_is_yet_to_come()
    {
        var (mailer, fake) = Some.FakeMailer();
        var waiting = fake.InboxOf("ada@example.com").WaitForAsync(m => m.Subject == "second", cancellationToken: s_ct);

        await mailer.SendAsync(Some.Email() with { Subject = "first" }, s_ct);
        waiting.IsCompleted.Should().BeFalse();
        await mailer.SendAsync(Some.Email() with { Subject = "second" }, s_ct);

        (await waiting).Subject.Should().Be("second");
    }

    [Fact]
    public async Task Failed_expectations_list_what_was_sent()
    {
        var (mailer, fake) = Some.FakeMailer();
        await mailer.SendAsync(Some.Email(), s_ct);

        var single = () => fake.Single(m => m.Subject == "other");
        var empty = () => fake.InboxOf("ada@example.com").ShouldBeEmpty();
        var waiting = () => fake.WaitForAsync(m => m.Subject == "other", TimeSpan.FromMilliseconds(1), s_ct);

        single.Should().Throw<SentMailAssertionException>().WithMessage("*1. \"Your order 1042\" from *no-reply@acme.example* to ada@example.com*");
        empty.Should().Throw<SentMailAssertionException>().WithMessage("Expected no mail to ada@example.com*");
        await waiting.Should().ThrowAsync<SentMailAssertionException>().WithMessage("Waited*Sent were*");
    }

    [Fact]
    public async Task Says_so_when_nothing_was_sent()
    {
        var (_, fake) = Some.FakeMailer();

        var single = () => fake.Single();

        single.Should().Throw<SentMailAssertionException>().WithMessage("*Nothing was sent.");
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Clear_forgets_mail_failures_and_refusals()
    {
        var (mailer, fake) = Some.FakeMailer();
        fake.RejectRecipient("ada@example.com");
        fake.FailNext(TransportFailure.Network);

        fake.Clear();
        await mailer.SendAsync(Some.Email(), s_ct);

        fake.Single().Recipients.Should().Equal("ada@example.com");
    }
}
