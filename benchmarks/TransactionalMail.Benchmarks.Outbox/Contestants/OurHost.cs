using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TransactionalMail.Outbox;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>This library as an application registers it, whatever its outbox, and what is put into that.</summary>
internal static class OurHost
{
    private const int Batch = 500;

    public static IHost Create(bool isEnqueueOnly, int workers, InstantTransport transport, Action<TransactionalMailBuilder> useOutbox)
    {
        var application = Host.CreateEmptyApplicationBuilder(null);
        application.Services.AddLogging(static logging => logging.ClearProviders());
        useOutbox(application.Services.AddTransactionalMail(mail => mail.Outbox.EnqueueOnly = isEnqueueOnly)
            .AddTransport("instant", _ => transport)
            .AddStream("default", stream =>
            {
                stream.Transports.Add("instant");
                stream.Queue.Workers = workers;
            }));
        return application.Build();
    }

    /// <summary>Stores mails, many at a time.</summary>
    public static async Task FillAsync(IHost host, int mails)
    {
        var outbox = host.Services.GetRequiredService<IMailOutbox>();
        for (var left = mails; left > 0; left -= Batch) await outbox.AddAsync([.. Enumerable.Range(0, Math.Min(left, Batch)).Select(static _ => Entry())], CancellationToken.None);
    }

    /// <summary>Returns a mail that is prepared already.</summary>
    public static OutboxEntry Entry()
    {
        var (mail, now) = (Letters.Next(), TimeProvider.System.GetUtcNow());
        return new OutboxEntry { Id = MailId.New(now), StreamName = "default", Message = mail, AcceptedAt = now, DueAt = now, Recipients = mail.To };
    }
}
