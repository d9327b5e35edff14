using Microsoft.Extensions.Hosting;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Lets an application whose model or database the outbox cannot work with fail as it starts, before anything else does.</summary>
internal sealed class OutboxCheck(EntityFrameworkOutbox outbox) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        outbox.Check();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
