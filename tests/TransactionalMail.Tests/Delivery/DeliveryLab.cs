using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace TransactionalMail.Tests.Delivery;

/// <summary>A mailer over scripted transports, on a clock that a test moves.</summary>
internal sealed class DeliveryLab : IDisposable
{
    private ServiceProvider? _services;

    public DeliveryLab()
    {
        Primary = new("primary", Clock);
        Backup = new("backup", Clock);
    }

    public FakeTimeProvider Clock { get; } = Some.Clock();

    public ScriptedTransport Primary { get; }

    public ScriptedTransport Backup { get; }

    public Action<MailStreamOptions> Stream { get; init; } = static _ => { };

    public Action<MailTransportLimits> Limits { get; init; } = static _ => { };

    public Action<TransactionalMailBuilder> Configure { get; init; } = static _ => { };

    public Action<TransactionalMailOptions> Options { get; init; } = static _ => { };

    public FakeLogCollector Logs { get; } = new();

    public IServiceProvider Services => _services ??= Build();

    public ITransactionalMailer Mailer => Services.GetRequiredService<ITransactionalMailer>();

    /// <summary>Sends, and lets time pass wherever the mailer waits.</summary>
    public Task<MailReceipt> SendAsync(EmailMessage message, CancellationTokenSource? patience = null) =>
        LetTimePassAsync(Mailer.SendAsync(message, patience?.Token ?? TestContext.Current.CancellationToken));

    public async Task<MailDeliveryException> FailAsync(EmailMessage message)
    {
        var sending = () => SendAsync(message);
        return (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
    }

    public async Task<T> LetTimePassAsync<T>(Task<T> work)
    {
        for (var i = 0; i < 100_000 && !work.IsCompleted; i++)
        {
            await Task.WhenAny(work, Task.Delay(1, TestContext.Current.CancellationToken));
            if (!work.IsCompleted) Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await work;
    }

    /// <summary>Starts what a host would start.</summary>
    public async Task<ITransactionalMailer> StartAsync()
    {
        foreach (var service in Services.GetServices<IHostedService>()) await service.StartAsync(TestContext.Current.CancellationToken);
        return Mailer;
    }

    public Task StopAsync() => Task.WhenAll(Services.GetServices<IHostedService>().Select(service => service.StopAsync(TestContext.Current.CancellationToken)));

    /// <summary>Lets time pass until something has happened.</summary>
    public async Task UntilAsync(Func<bool> happened, TimeSpan? step = null)
    {
        for (var i = 0; !happened(); i++)
        {
            if (i > 20_000) throw new TimeoutException("It did not happen.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
            for (var wait = 0; wait < 20 && ThreadPool.PendingWorkItemCount > 0; wait++) await Task.Delay(1, TestContext.Current.CancellationToken);
            if (!happened()) Clock.Advance(step ?? TimeSpan.FromMilliseconds(250));
        }
    }

    public void Dispose() => _services?.Dispose();

    private ServiceProvider Build()
    {
        var services = Some.Services(mail => mail
            .AddTransport("primary", _ => Primary)
            .AddTransport("backup", _ => Backup)
            .AddStream("default", static stream => stream.Retry.MaxAttempts = 3)
            .AddStream("default", Stream)
            .LimitTransport("primary", Limits), Options);
        Configure(services.AddTransactionalMail());
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(Logs)));
        services.AddSingleton<TimeProvider>(Clock);
        return services.BuildServiceProvider();
    }
}
