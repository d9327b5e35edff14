using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Readme;

/// <summary>The README's code, compiled; <see cref="ReadmeTests"/> keeps both the same.</summary>
internal static class Snippets
{
    public static void RegisterFromCode(HostApplicationBuilder builder)
    {
        #region register-code
        builder.Services.AddTransactionalMail(mail => mail.From = "Acme <no-reply@acme.example>")
            .AddTemplates("Templates")
            .AddSmtp(smtp =>
            {
                smtp.Host = "relay.acme.example";
                smtp.UserName = "acme";
                smtp.Password = builder.Configuration["Smtp:Password"];
            });
        #endregion
    }

    public static void RegisterFromConfiguration(HostApplicationBuilder builder)
    {
        #region register-configuration
        builder.Services.AddTransactionalMail(builder.Configuration.GetSection("TransactionalMail"));
        #endregion
    }

    #region send
    public sealed class Registration(ITransactionalMailer mailer)
    {
        public async Task<MailId> ConfirmAsync(string address, string name, Uri link)
        {
            var receipt = await mailer.SendAsync(new EmailMessage
            {
                To = [new EmailAddress(address, name)],
                Template = Mails.Welcome.With(new Welcome(name, link), CultureInfo.CurrentUICulture),
            });
            return receipt.Id;
        }
    }
    #endregion

    public static async Task SendWithoutTemplate(ITransactionalMailer mailer, byte[] pdf)
    {
        #region send-plain
        var receipt = await mailer.SendAsync(new EmailMessage
        {
            To = ["Ada Lovelace <ada@example.com>"],
            Subject = "Your invoice",
            HtmlBody = "<p>Your invoice is attached.</p>",
            Attachments = [new EmailAttachment("invoice.pdf", pdf)],
        });
        #endregion
        _ = receipt;
    }

    public static async Task Failures(ITransactionalMailer mailer, EmailMessage message)
    {
        #region failures
        try
        {
            await mailer.SendAsync(message);
        }
        catch (EmailValidationException invalid)
        {
            // Nothing was sent; every problem is listed with its field.
            foreach (var error in invalid.Errors) Console.WriteLine($"{error.Field}: {error.Problem}");
        }
        catch (MailDeliveryException failure) when (failure.MayHaveBeenAccepted)
        {
            // The relay's answer was lost. Sending again may send twice.
        }
        catch (MailDeliveryException failure)
        {
            // Nobody received it. IsTransient tells whether trying later may help.
            Console.WriteLine(failure.Message);
        }
        #endregion
    }

    public static async Task Enqueue(ITransactionalMailer mailer, string address, string code)
    {
        #region enqueue
        var id = await mailer.EnqueueAsync(new EmailMessage
        {
            To = [address],
            Subject = "Your code",
            TextBody = $"Your code is {code}. It is good for ten minutes.",
            NotAfter = DateTimeOffset.UtcNow.AddMinutes(10),
        });
        #endregion
        _ = id;
    }

    #region handler
    public sealed class TellSupport(ILogger<TellSupport> logger) : IMailEventHandler
    {
        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
        {
            if (mailEvent is MailBounced { BounceKind: BounceKind.Hard } bounce)
            {
                logger.LogWarning("Order {Order}: the customer's mailbox does not exist ({Code})", bounce.Metadata["order"], bounce.EnhancedCode);
            }

            return ValueTask.CompletedTask;
        }
    }
    #endregion

    public static void Operate(HostApplicationBuilder builder)
    {
        #region operate
        var mail = builder.Services.AddTransactionalMail(builder.Configuration.GetSection("TransactionalMail"))
            .AddEventHandler<TellSupport>()
            .LimitTransport("primary", limits => limits.MaxPerSecond = 14);

        if (builder.Environment.IsStaging())
        {
            mail.AddStagingRedirect("test-inbox@acme.example", staging => staging.AllowedDomains.Add("acme.example"));
        }
        #endregion
    }

    public static void Bounces(HostApplicationBuilder builder, TransactionalMailBuilder mail)
    {
        #region bounces
        mail.AddBounceMailbox(mailbox =>
        {
            mailbox.Host = "imap.acme.example";
            mailbox.UserName = "bounces@acme.example";
            mailbox.Password = builder.Configuration["BouncePassword"]!;
        });
        #endregion
    }

    public static async Task Report(PostmarkSimulator postmark, HttpClient client)
    {
        #region report
        await postmark.ReportAsync(SimulatedReport.HardBounce("gone@example.com"), new Uri("/mail/webhooks/postmark", UriKind.Relative), client);
        #endregion
    }

    public static async Task Explain(IMailExplainer explainer, EmailMessage message)
    {
        #region explain
        var explained = await explainer.ExplainAsync(message); // an IMailExplainer, from dependency injection
        await File.WriteAllBytesAsync("preview.eml", explained.Raw);
        foreach (var entry in explained.Suppressed) Console.WriteLine($"Left out: {entry.Recipient} ({entry.Reason})");
        foreach (var transport in explained.Transports.Where(t => !t.WouldBeAsked))
        {
            Console.WriteLine($"{transport.Name}: cannot carry {transport.MissingFeatures}, paused for {transport.Pause}");
        }
        #endregion
    }

    #region test
    public sealed class RegistrationTests
    {
        [Fact]
        public async Task Sends_a_welcome_mail_with_the_link()
        {
            var services = new ServiceCollection();
            services.AddTransactionalMail(mail => mail.From = "no-reply@acme.example").AddTemplates("Readme/Templates");
            services.AddTransient<Registration>();
            var fake = services.UseFakeMail();
            await using var provider = services.BuildServiceProvider();

            await provider.GetRequiredService<Registration>().ConfirmAsync("ada@example.com", "Ada", new Uri("https://acme.example/confirm?t=1"));

            var mail = fake.InboxOf("ada@example.com").Single();
            mail.Subject.Should().Be("Welcome, Ada");
            mail.TextBody.Should().Contain("https://acme.example/confirm?t=1");
        }
    }
    #endregion
}
