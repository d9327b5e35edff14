using Microsoft.Extensions.Hosting;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Suppression;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>Lets an application whose model or database this package cannot work with fail as it starts, before anything else does.</summary>
/// <remarks>It looks at what is used of outbox, suppression list and audit.</remarks>
internal sealed class DatabaseCheck(EntityFrameworkOutbox? outbox = null, EntityFrameworkSuppressionList? suppressions = null, EntityFrameworkMailAudit? audit = null) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        outbox?.Check();
        suppressions?.Check();
        audit?.Check();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
