using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Samples;

/// <summary>The first thing a newcomer runs serves every provider by configuration alone.</summary>
public class QuickstartTests
{
    [Fact]
    public async Task Sends_by_Mailgun()
    {
        await using var mailgun = new MailgunSimulator();

        await RunAsync($"mailgun://{mailgun.ApiKey}@default/{mailgun.Domain}?baseAddress={mailgun.BaseAddress}");

        mailgun.Mails.Should().HaveCount(2).And.OnlyContain(mail => mail.Recipients.Single() == "ada@example.com");
    }

    [Fact]
    public async Task Sends_by_SendGrid()
    {
        await using var sendGrid = new SendGridSimulator();

        await RunAsync($"sendgrid://{sendGrid.ApiKey}@default?baseAddress={sendGrid.BaseAddress}");

        sendGrid.Mails.Select(mail => (string?)mail["subject"]).Should().HaveCount(2).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Sends_by_Amazon_SES()
    {
        await using var ses = new SesSimulator();

        await RunAsync($"ses://{ses.AccessKeyId}:{Uri.EscapeDataString(ses.SecretAccessKey)}@default?region={ses.Region}&baseAddress={ses.BaseAddress}");

        ses.Mails.Should().HaveCount(2).And.OnlyContain(mail => mail.To.Single() == "ada@example.com");
    }

    [Fact]
    public async Task Sends_by_Postmark()
    {
        await using var postmark = new PostmarkSimulator();

        await RunAsync($"postmark://{postmark.Token}@default?baseAddress={postmark.BaseAddress}");

        postmark.Mails.Select(mail => (string?)mail["Subject"]).Should().HaveCount(2).And.OnlyHaveUniqueItems();
    }

    /// <summary>Runs the sample with one transport.</summary>
    private static async Task RunAsync(string dsn) =>
        (await Sample.RunAsync("Quickstart", $"--TransactionalMail:Transports:primary={dsn}", "--To=ada@example.com")).Should().Contain("Accepted by primary");
}
