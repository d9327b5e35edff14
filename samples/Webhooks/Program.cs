using TransactionalMail;
using TransactionalMail.Audit;
using TransactionalMail.Testing;

// What a newcomer has not set up yet: an account at Postmark. This one lives in the process, takes mail, and reports as Postmark does.
await using var postmark = new PostmarkSimulator();

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSingleton<EventFeed>();
builder.Services.AddTransactionalMail(mail => mail.From = "Acme Garden <orders@acme.example>")
    .AddPostmark(options =>
    {
        options.Token = postmark.Token;
        options.BaseAddress = postmark.BaseAddress;
        options.WebhookUserName = postmark.WebhookUserName;
        options.WebhookPassword = postmark.WebhookPassword;
    })
    .AddEventHandler<EventFeed>();

await using var app = builder.Build();
app.MapMailWebhooks(); // POST /mail/webhooks/postmark
await app.StartAsync();

var webhook = new Uri($"{app.Urls.Single()}/mail/webhooks/postmark");
var mailer = app.Services.GetRequiredService<ITransactionalMailer>();
var feed = app.Services.GetRequiredService<EventFeed>();
try
{
    await SendAndReportAsync<MailDelivered>(SimulatedReport.Delivery("ada@example.com"));
    await SendAndReportAsync<MailBounced>(SimulatedReport.HardBounce("gone@example.com"));

    var next = (await mailer.SendAsync(Confirmation("gone@example.com"))).Recipients.Single();
    Console.WriteLine($"The next mail to gone@example.com: {next.Status}. {next.Diagnostic}");
    if (next.Status is not RecipientStatus.Suppressed) throw new InvalidOperationException("It was sent, although the mailbox does not exist.");
    return 0;
}
catch (Exception problem) when (problem is MailException or InvalidOperationException or TimeoutException or HttpRequestException)
{
    Console.Error.WriteLine($"The round trip failed: {problem.Message}");
    return 1;
}
finally
{
    await app.StopAsync();
}

static EmailMessage Confirmation(EmailAddress recipient) => new()
{
    To = [recipient],
    Subject = "Your order 1042",
    TextBody = "Thank you for your order.",
    Tags = ["order-confirmation"],
    Metadata = new Dictionary<string, string> { ["order"] = "1042" },
};

// Sends a mail, has Postmark report what became of it, and prints what the application then knows.
async Task SendAndReportAsync<T>(SimulatedReport report) where T : MailEvent
{
    var receipt = await mailer.SendAsync(Confirmation(report.Recipient));
    await feed.WaitForAsync<MailAccepted>(receipt.Id);

    var answer = await postmark.ReportAsync(report, webhook);
    var told = await feed.WaitForAsync<T>(receipt.Id);

    Console.WriteLine($"Mail {receipt.Id} to {report.Recipient.Address}, order {told.Metadata["order"]}; the webhook answered {(int)answer}:");
    var timeline = await MailTimeline.ReadAsync(app.Services.GetRequiredService<IMailAudit>(), receipt.Id);
    foreach (var past in timeline.Events)
    {
        Console.WriteLine($"  {past.OccurredAt:HH:mm:ss.fff} {past.GetType().Name} by {past.TransportName}{(past is MailBounced bounced ? $" ({bounced.BounceKind}: {bounced.Diagnostic})" : "")}");
    }

    Console.WriteLine($"  So it is {timeline.Recipients.Single().State}.");
}
