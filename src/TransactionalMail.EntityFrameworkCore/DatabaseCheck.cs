using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Suppression;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>Lets an application fail as it starts whose model, or whose database, this package cannot work with.</summary>
/// <remarks>
/// It looks at what is used of outbox, suppression list and audit: at the models before anything else does, at the tables when everything
/// has started, for what has started may have migrated them. A database that cannot be reached is no reason to fail: it may come back.
/// </remarks>
internal sealed class DatabaseCheck(ILogger<DatabaseCheck> logger, EntityFrameworkOutbox? outbox = null, EntityFrameworkSuppressionList? suppressions = null, EntityFrameworkMailAudit? audit = null) : IHostedLifecycleService
{
    private readonly OutboxDatabase[] _databases = [.. new[] { outbox?.Database, suppressions?.Database, audit?.Database }.OfType<OutboxDatabase>().Distinct()];

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var database in _databases) _ = database.Statements;
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var database in _databases)
        {
            try
            {
                await database.CheckTablesAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (MailDatabaseException e) when (e.IsTransient)
            {
                Log.TablesUnknown(logger, e.Message);
            }
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
