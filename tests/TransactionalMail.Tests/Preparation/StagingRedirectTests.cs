using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Preparation;

public class StagingRedirectTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sends_to_the_test_inbox_in_the_place_of_everybody_else()
    {
        var mail = await SendAsync(Some.Email("Ada <ada@example.com>", "bob@example.com") with { Cc = ["grace@example.org"], Bcc = ["eve@example.net"] });

        mail.Recipients.Should().Equal("staging@acme.example");
        mail.Message.To.Should().Equal("staging@acme.example");
        mail.Message.Cc.Should().Equal("staging@acme.example");
        mail.Message.Bcc.Should().Equal("staging@acme.example");
    }

    [Fact]
    public async Task Leaves_allowed_domains_and_addresses_in_their_place()
    {
        var mail = await SendAsync(
            Some.Email("ada@example.com", "Bob <bob@ACME.example>") with { Cc = ["tester@example.org"], Bcc = ["ops@müller.example", "x@dev.acme.example"] },
            o =>
            {
                o.AllowedDomains.Add("acme.example");
                o.AllowedDomains.Add("xn--mller-kva.example");
                o.AllowedAddresses.Add("tester@example.org");
            });

        mail.Message.To.Should().Equal("staging@acme.example", "bob@acme.example");
        mail.Message.Cc.Should().Equal("tester@example.org");
        mail.Message.Bcc.Should().Equal("ops@müller.example", "staging@acme.example");
    }

    [Fact]
    public async Task Leaves_mail_alone_that_may_leave()
    {
        var mail = await SendAsync(Some.Email("ada@acme.example"), o =>
        {
            o.AllowedDomains.Add("acme.example");
            o.SubjectPrefix = "[staging] ";
        });

        mail.Subject.Should().Be("Your order 1042");
        mail.Message.Headers.Should().BeEmpty();
    }

    [Fact]
    public async Task Shows_whom_the_mail_was_for_but_no_blind_copy()
    {
        var mail = await SendAsync(Some.Email("Ada <ada@example.com>", "bob@example.com") with
        {
            Cc = ["grace@example.org"],
            Bcc = ["secret-reader@example.net"],
            Headers = new Dictionary<string, string> { ["x-intercepted-to"] = "forged", ["X-Order"] = "1042" },
        });

        var headers = mail.Parse().Headers;
        headers["X-Intercepted-To"].Should().Be("Ada <ada@example.com>, bob@example.com");
        headers["X-Intercepted-Cc"].Should().Be("grace@example.org");
        headers["X-Order"].Should().Be("1042");
        System.Text.Encoding.Latin1.GetString(mail.Raw.Span).Should().NotContainEquivalentOf("secret-reader").And.NotContainEquivalentOf("forged").And.NotContainEquivalentOf("bcc");
    }

    [Fact]
    public async Task Counts_recipients_that_are_too_many_to_show()
    {
        var mail = await SendAsync(Some.Email([.. Enumerable.Range(0, 1000).Select(i => new EmailAddress($"customer-{i}@example.com"))]));

        mail.Recipients.Should().Equal("staging@acme.example");
        mail.Message.Headers["X-Intercepted-To"].Should().StartWith("1000 recipients");
    }

    [Fact]
    public async Task Marks_the_subject_of_a_template_too()
    {
        var files = new Templates.InMemoryFiles { ["welcome.subject.liquid"] = "Welcome", ["welcome.txt.liquid"] = "Hello" };
        var (mailer, fake) = Some.FakeMailer(mail => mail.AddTemplates(files).AddStagingRedirect("staging@acme.example", o => o.SubjectPrefix = "[staging] "));

        await mailer.SendAsync(new EmailMessage { To = ["ada@example.com"], Template = EmailTemplate.Create("welcome", new { }) }, s_ct);

        fake.Single().Subject.Should().Be("[staging] Welcome");
    }

    [Fact]
    public async Task Nobody_slips_past_it_whenever_an_interceptor_was_added()
    {
        var (mailer, fake) = Some.FakeMailer(mail =>
        {
            mail.AddStagingRedirect("staging@acme.example").AddInterceptor<ArchiveEverything>();
            mail.Services.AddTransactionalMail().AddInterceptor<ArchiveEverything>();
        });

        await mailer.SendAsync(Some.Email(), s_ct);

        fake.Single().Recipients.Should().Equal("staging@acme.example");
    }

    [Fact]
    public async Task Adding_it_again_changes_the_same_redirect()
    {
        var (mailer, fake) = Some.FakeMailer(mail => mail
            .AddStagingRedirect("first@acme.example", o => { o.AllowedDomains.Add("example.com"); o.SubjectPrefix = "[staging] "; })
            .AddStagingRedirect("second@acme.example", o => o.AllowedDomains.Add("example.org")));

        await mailer.SendAsync(Some.Email("ada@example.com", "grace@example.org", "bob@example.net"), s_ct);

        fake.Single().Recipients.Should().Equal("ada@example.com", "grace@example.org", "second@acme.example");
        fake.Single().Subject.Should().Be("[staging] Your order 1042");
    }

    [Fact]
    public async Task Lists_all_faults_at_start_up()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTransactionalMail().AddStagingRedirect("no address", o =>
        {
            o.AllowedDomains.Add("acme.example");
            o.AllowedDomains.Add("no domain");
            o.AllowedAddresses.Add("acme.example");
            o.SubjectPrefix = "a\r\nBcc: b";
        });
        builder.Services.UseFakeMail();
        using var host = builder.Build();

        var starting = () => host.StartAsync(s_ct);

        (await starting.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should()
            .HaveCount(4)
            .And.Contain(f => f.StartsWith("StagingRedirect:Inbox is not"))
            .And.Contain(f => f.StartsWith("StagingRedirect:AllowedDomains[1]: The domain"))
            .And.Contain(f => f.StartsWith("StagingRedirect:AllowedAddresses[0] is not"))
            .And.Contain(f => f.StartsWith("StagingRedirect:SubjectPrefix has a line break"));
    }

    [Fact]
    public void The_same_faults_are_found_without_a_host()
    {
        var services = Some.Services(mail => mail.AddStagingRedirect("no address"));
        services.UseFakeMail();
        using var provider = services.BuildServiceProvider();

        var resolving = () => provider.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage("*StagingRedirect:Inbox*");
    }

    private static async Task<SentMail> SendAsync(EmailMessage message, Action<StagingRedirectOptions>? configure = null)
    {
        var (mailer, fake) = Some.FakeMailer(mail => mail.AddStagingRedirect("staging@acme.example", configure));
        await mailer.SendAsync(message, s_ct);
        return fake.Single();
    }

    private sealed class ArchiveEverything : IMailInterceptor
    {
        public ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken) =>
            ValueTask.FromResult(message with { Bcc = [.. message.Bcc, "archive@example.net"] });
    }
}
