using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests;

public class TransactionalMailerTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sends_once_to_a_recipient_named_more_than_once_M07()
    {
        var (mailer, fake) = Some.FakeMailer();

        var receipt = await mailer.SendAsync(
            Some.Email("Ada <ada@example.com>", "ada@EXAMPLE.com") with { Cc = ["ada@example.com"], Bcc = ["grace@example.com", "ada@example.com"] }, s_ct);

        receipt.Recipients.Select(r => r.Recipient).Should().Equal("ada@example.com", "grace@example.com");
        fake.Single().Recipients.Should().HaveCount(2);
    }

    [Fact]
    public async Task Never_writes_a_blind_copy_into_the_mail_M09()
    {
        var (mailer, fake) = Some.FakeMailer();

        await mailer.SendAsync(Some.Email() with { Bcc = ["secret-reader@example.org"] }, s_ct);

        var mail = fake.Single();
        mail.Recipients.Should().Contain("secret-reader@example.org");
        System.Text.Encoding.Latin1.GetString(mail.Raw.Span).Should().NotContainEquivalentOf("secret-reader").And.NotContainEquivalentOf("bcc");
    }

    [Fact]
    public async Task Reports_every_problem_at_once_before_anything_is_sent()
    {
        var (mailer, fake) = Some.FakeMailer();

        var sending = () => mailer.SendAsync(new EmailMessage { Subject = "a\r\nBcc: b@c.example", Headers = new Dictionary<string, string> { ["Message-ID"] = "x" } }, s_ct);

        var errors = (await sending.Should().ThrowAsync<EmailValidationException>()).Which.Errors;
        errors.Select(e => e.Field).Should().Contain(["To", "Subject", "Headers[\"Message-ID\"]"]);
        fake.ShouldBeEmpty();
    }

    [Fact]
    public async Task Asks_for_an_author_where_none_is_configured()
    {
        var services = new ServiceCollection();
        services.AddTransactionalMail();
        services.UseFakeMail();
        var mailer = services.BuildServiceProvider().GetRequiredService<ITransactionalMailer>();

        var sending = () => mailer.SendAsync(Some.Email(), s_ct);

        (await sending.Should().ThrowAsync<EmailValidationException>()).Which.Errors.Should().ContainSingle().Which.Field.Should().Be("From");
    }

    [Fact]
    public async Task Sends_only_what_is_due_and_not_stale()
    {
        var (mailer, fake) = Some.FakeMailer();

        var early = () => mailer.SendAsync(Some.Email() with { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, s_ct);
        var late = () => mailer.SendAsync(Some.Email() with { NotAfter = DateTimeOffset.UtcNow.AddHours(-1) }, s_ct);

        (await early.Should().ThrowAsync<EmailValidationException>()).Which.Errors[0].Field.Should().Be("NotBefore");
        (await late.Should().ThrowAsync<EmailValidationException>()).Which.Errors[0].Field.Should().Be("NotAfter");
        fake.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sends_through_the_stream_that_is_the_mailers_key()
    {
        var services = Some.Services(mail => mail.AddStream("receipts", s => s.From = "billing@acme.example"));
        var fake = services.UseFakeMail();
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITransactionalMailer>("receipts").SendAsync(Some.Email(), s_ct);
        await provider.GetRequiredService<ITransactionalMailer>().SendAsync(Some.Email() with { StreamName = "receipts" }, s_ct);
        await provider.GetRequiredService<ITransactionalMailer>().SendAsync(Some.Email(), s_ct);

        fake.Sent.Select(m => m.From.Address).Should().Equal("billing@acme.example", "billing@acme.example", "no-reply@acme.example");
    }

    [Fact]
    public async Task Refuses_a_stream_that_is_not_the_mailers_or_unknown()
    {
        var services = Some.Services(mail => mail.AddStream("receipts", _ => { }));
        services.UseFakeMail();
        using var provider = services.BuildServiceProvider();

        var other = () => provider.GetRequiredKeyedService<ITransactionalMailer>("receipts").SendAsync(Some.Email() with { StreamName = "default" }, s_ct);
        var unknown = () => provider.GetRequiredService<ITransactionalMailer>().SendAsync(Some.Email() with { StreamName = "nope" }, s_ct);

        (await other.Should().ThrowAsync<EmailValidationException>()).WithMessage("*\"receipts\"*");
        (await unknown.Should().ThrowAsync<EmailValidationException>()).WithMessage("*\"default\", \"receipts\"*");
    }

    [Fact]
    public async Task Interceptors_may_replace_the_message_before_it_is_validated()
    {
        var (mailer, fake) = Some.FakeMailer(mail => mail.AddInterceptor<SendToTestInbox>());

        await mailer.SendAsync(new EmailMessage { To = ["customer@example.com"], TextBody = "x" }, s_ct);

        fake.Single().Recipients.Should().Equal("test-inbox@acme.example");
    }

    [Fact]
    public async Task Writes_a_text_part_for_html_that_has_none()
    {
        var (mailer, fake) = Some.FakeMailer();

        await mailer.SendAsync(Some.Email() with { TextBody = null, HtmlBody = "<p>Hello <a href='https://acme.example/x'>order</a></p>" }, s_ct);

        fake.Single().TextBody.Should().Contain("Hello").And.Contain("https://acme.example/x").And.NotContain("<");
    }

    private sealed class SendToTestInbox : IMailInterceptor
    {
        public ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken) =>
            ValueTask.FromResult(message with { To = ["test-inbox@acme.example"] });
    }
}
