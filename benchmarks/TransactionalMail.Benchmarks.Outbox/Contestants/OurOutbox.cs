using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TransactionalMail.Benchmarks.Outbox.Databases;
using TransactionalMail.Outbox;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>This library as an application registers it.</summary>
internal static class OurOutbox
{
    /// <summary>Enqueues as an application does: validated, rendered where there is a template, stored when the call returns.</summary>
    public static async Task<double> EnqueueAsync(ShopDatabase database, int callers, TimeSpan duration, Func<EmailMessage> next)
    {
        using var host = CreateHost(database, isEnqueueOnly: true, workers: 4, new InstantTransport(composes: false));
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        return await Callers.RunAsync(callers, duration, () => mailer.EnqueueAsync(next()));
    }

    /// <summary>Stores what is prepared already.</summary>
    public static async Task<double> AddAsync(ShopDatabase database, int callers, TimeSpan duration)
    {
        using var host = CreateHost(database, isEnqueueOnly: true, workers: 4, new InstantTransport(composes: false));
        var outbox = host.Services.GetRequiredService<IMailOutbox>();
        return await Callers.RunAsync(callers, duration, async () => await outbox.AddAsync([Entry()], CancellationToken.None));
    }

    /// <summary>Delivers what is stored with a host that runs, until every mail is marked as done.</summary>
    public static async Task<double> DrainAsync(ShopDatabase database, int mails, int workers, bool composes)
    {
        using (var filling = CreateHost(database, isEnqueueOnly: true, workers: 4, new InstantTransport(composes)))
        {
            var outbox = filling.Services.GetRequiredService<IMailOutbox>();
            for (var left = mails; left > 0; left -= 500) await outbox.AddAsync([.. Enumerable.Range(0, Math.Min(left, 500)).Select(static _ => Entry())], CancellationToken.None);
        }

        var transport = new InstantTransport(composes);
        using var host = CreateHost(database, isEnqueueOnly: false, workers, transport);
        var admin = host.Services.GetRequiredService<IOutboxAdmin>();
        var clock = Stopwatch.StartNew();
        await host.StartAsync();
        while (transport.Count < mails) await Task.Delay(2);
        while ((await admin.GetDepthsAsync()).Any(static d => d.Waiting + d.InDelivery > 0)) await Task.Delay(2);
        var elapsed = clock.Elapsed;
        await host.StopAsync();
        return transport.Count == mails ? mails / elapsed.TotalSeconds : throw new InvalidOperationException($"{transport.Count} mails went out, and {mails} were enqueued.");
    }

    private static IHost CreateHost(ShopDatabase database, bool isEnqueueOnly, int workers, InstantTransport transport)
    {
        var application = Host.CreateEmptyApplicationBuilder(null);
        application.Services.AddLogging(static logging => logging.ClearProviders());
        application.Services.AddDbContext<ShopContext>(database.Use);
        application.Services.AddTransactionalMail(mail => mail.Outbox.EnqueueOnly = isEnqueueOnly)
            .AddTransport("instant", _ => transport)
            .AddStream("default", stream =>
            {
                stream.Transports.Add("instant");
                stream.Queue.Workers = workers;
            })
            .UseEntityFrameworkOutbox<ShopContext>();
        return application.Build();
    }

    private static OutboxEntry Entry()
    {
        var (mail, now) = (Letters.Next(), TimeProvider.System.GetUtcNow());
        return new OutboxEntry { Id = MailId.New(now), StreamName = "default", Message = mail, AcceptedAt = now, DueAt = now, Recipients = mail.To };
    }
}
