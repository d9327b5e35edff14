using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
        return await Callers.RunAsync(callers, duration, async () => await outbox.AddAsync([OurHost.Entry()], CancellationToken.None));
    }

    /// <summary>Delivers what is stored with a host that runs, until every mail is marked as done.</summary>
    public static async Task<double> DrainAsync(ShopDatabase database, int mails, int workers, bool composes)
    {
        using (var filling = CreateHost(database, isEnqueueOnly: true, workers: 4, new InstantTransport(composes)))
        {
            await OurHost.FillAsync(filling, mails);
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

    private static IHost CreateHost(ShopDatabase database, bool isEnqueueOnly, int workers, InstantTransport transport) =>
        OurHost.Create(isEnqueueOnly, workers, transport, mail =>
        {
            mail.Services.AddDbContext<ShopContext>(database.Use);
            mail.UseEntityFrameworkOutbox<ShopContext>();
        });
}
