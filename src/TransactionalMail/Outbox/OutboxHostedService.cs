using Microsoft.Extensions.Hosting;

namespace TransactionalMail.Outbox;

/// <summary>Runs the outbox for as long as the application's host runs.</summary>
internal sealed class OutboxHostedService(OutboxEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
