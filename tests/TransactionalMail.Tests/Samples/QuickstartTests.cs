using System.Diagnostics;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Samples;

/// <summary>The first thing a newcomer runs serves every provider by configuration alone.</summary>
public class QuickstartTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

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
    private static async Task RunAsync(string dsn)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(Repository.Root, "samples", "Quickstart", "bin", built.Parent!.Name, built.Name, "Quickstart.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, $"--TransactionalMail:Transports:primary={dsn}", "--To=ada@example.com"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(s_ct), process.StandardError.ReadToEndAsync(s_ct));
        await process.WaitForExitAsync(s_ct);

        process.ExitCode.Should().Be(0, await errors);
        (await output).Should().Contain("Accepted by primary");
    }
}
