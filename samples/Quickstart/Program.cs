using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail;

var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddJsonFile("appsettings.json").AddEnvironmentVariables().AddCommandLine(args);
var settings = builder.Configuration.GetSection("TransactionalMail");
var mail = builder.Services.AddTransactionalMail(settings).AddSes();

// With no transport configured, mail goes to an SMTP server inside this process.
await using var relay = settings.GetSection("Transports").GetChildren().Any() ? null : EmbeddedRelay.Start(mail);

using var host = builder.Build();
try
{
    var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
    EmailAddress recipient = builder.Configuration["To"] ?? "Ada Lovelace <ada@example.com>";
    foreach (var (culture, currency) in new[] { ("en-US", "USD"), ("de-AT", "EUR") })
    {
        var receipt = await mailer.SendAsync(new EmailMessage
        {
            To = [recipient],
            Template = OrderConfirmation.Template.With(Orders.Sample(recipient.DisplayName ?? "there", currency), CultureInfo.GetCultureInfo(culture)),
            Tags = ["order-confirmation"],
        });

        Console.WriteLine($"{culture}: mail {receipt.Id} accepted, Message-ID {(receipt.MessageId is { } id ? $"<{id}>" : "of the provider")}, {receipt.Attempts} attempt(s)");
        foreach (var outcome in receipt.Recipients)
        {
            Console.WriteLine($"  {outcome.Recipient.Address}: {outcome.Status} by {outcome.TransportName} ({outcome.Diagnostic})");
        }

        if (relay is not null) Console.WriteLine($"  {await relay.InspectLastAsync()}");
    }

    return 0;
}
catch (Exception problem) when (problem is MailException or OptionsValidationException or FormatException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
