using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

// The same code as anywhere else, compiled ahead of time: dotnet publish -r linux-x64
await using var server = LocalSmtpServer.Start();
var services = new ServiceCollection();
services.AddTransactionalMail(options => options.From = "Acme <no-reply@acme.example>")
    .AddTemplates("Templates")
    .AddSmtp(smtp =>
    {
        smtp.Host = server.Host;
        smtp.Port = server.Port;
        smtp.Security = SmtpSecurity.None;
    });
await using var provider = services.BuildServiceProvider();

var receipt = await provider.GetRequiredService<ITransactionalMailer>().SendAsync(new EmailMessage
{
    To = ["Ada Lovelace <ada@example.com>"],
    Template = Mails.Welcome.With(new Welcome("Ada", ["Read the guide", "Invite a colleague"])),
});

using var received = (await server.WaitForMessagesAsync(1))[0].Parse();
Console.WriteLine($"{receipt.Recipients[0].Status}: {received.Subject}");
Console.WriteLine(received.TextBody);
return received.TextBody?.Contains("Invite a colleague", StringComparison.Ordinal) is true ? 0 : 1;

internal sealed record Welcome(string FirstName, IReadOnlyList<string> NextSteps);

internal static class Mails
{
    public static readonly TemplateId<Welcome> Welcome = new("welcome", MailModels.Default.Welcome);
}

[JsonSerializable(typeof(Welcome))]
internal sealed partial class MailModels : JsonSerializerContext;
