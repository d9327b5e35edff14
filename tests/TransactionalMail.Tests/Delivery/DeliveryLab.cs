using Microsoft.Extensions.DependencyInjection;
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

    public void Dispose() => _services?.Dispose();

    private ServiceProvider Build()
    {
        var services = Some.Services(mail => mail
            .AddTransport("primary", _ => Primary)
            .AddTransport("backup", _ => Backup)
            .AddStream("default", static stream => stream.Retry.MaxAttempts = 3)
            .AddStream("default", Stream)
            .LimitTransport("primary", Limits));
        services.AddSingleton<TimeProvider>(Clock);
        return services.BuildServiceProvider();
    }
}
