using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Benchmarks.Outbox.Queues;
using TransactionalMail.Outbox;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>This library with RabbitMQ as its outbox, as an application registers it.</summary>
internal static class OurQueue
{
    private const string Prefix = "ours";
    private const string Queue = Prefix + ".mail.default";

    /// <summary>Enqueues as an application does: validated, rendered where there is a template, confirmed when the call returns.</summary>
    public static Task<double> EnqueueAsync(MailQueues queues, int callers, TimeSpan duration) =>
        PublishAsync(queues, callers, duration, static services =>
        {
            var mailer = services.GetRequiredService<ITransactionalMailer>();
            return () => mailer.EnqueueAsync(Letters.Next());
        });

    /// <summary>Publishes what is prepared already.</summary>
    public static Task<double> AddAsync(MailQueues queues, int callers, TimeSpan duration) =>
        PublishAsync(queues, callers, duration, static services =>
        {
            var outbox = services.GetRequiredService<IMailOutbox>();
            return () => outbox.AddAsync([OurHost.Entry()], CancellationToken.None).AsTask();
        });

    /// <summary>Delivers what is in the queue with a host that runs, until it has stopped and every message is acknowledged.</summary>
    public static async Task<double> DrainAsync(MailQueues queues, int mails, int workers)
    {
        using (var filling = CreateHost(queues, isEnqueueOnly: true, workers, new InstantTransport(composes: false)))
        {
            await OurHost.FillAsync(filling, mails);
        }

        var transport = new InstantTransport(composes: false);
        TimeSpan elapsed;
        using (var host = CreateHost(queues, isEnqueueOnly: false, workers, transport))
        {
            var clock = Stopwatch.StartNew();
            await host.StartAsync();
            while (transport.Count < mails) await Task.Delay(2);
            await host.StopAsync();
            elapsed = clock.Elapsed;
        }

        await queues.EmptyAsync(Queue, expected: 0);
        return transport.Count == mails ? mails / elapsed.TotalSeconds : throw new InvalidOperationException($"{transport.Count} mails went out, and {mails} were enqueued.");
    }

    private static async Task<double> PublishAsync(MailQueues queues, int callers, TimeSpan duration, Func<IServiceProvider, Func<Task>> begin)
    {
        var published = 0L;
        double perSecond;
        using (var host = CreateHost(queues, isEnqueueOnly: true, workers: 4, new InstantTransport(composes: false)))
        {
            var publish = begin(host.Services);
            await publish(); // it connects, and declares the queues
            published++;
            perSecond = await Callers.RunAsync(callers, duration, async () =>
            {
                await publish();
                Interlocked.Increment(ref published);
            });
        }

        await queues.EmptyAsync(Queue, published);
        return perSecond;
    }

    private static IHost CreateHost(MailQueues queues, bool isEnqueueOnly, int workers, InstantTransport transport) =>
        OurHost.Create(isEnqueueOnly, workers, transport, mail => mail.UseRabbitMqOutbox(rabbit => (rabbit.Uri, rabbit.QueuePrefix) = (queues.Uri, Prefix)));
}
