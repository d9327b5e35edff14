using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Crash.Victim;

namespace TransactionalMail.Crash.Outage;

/// <summary>The outbox in a database.</summary>
internal abstract class DatabaseOutbox(DatabaseKind kind, string connectionString) : OutageOutbox
{
    /// <summary>What connections, statements and the last mails may take: however many wait, none of them is in memory.</summary>
    private const long MostHeapOfAll = 16 << 20;

    private readonly OpenConnections _open = new();

    public override string Name => kind.ToString();

    public override bool IsIdle => _open.Count == 0;

    public override long MostHeap(int mails) => MostHeapOfAll;

    public override Task PrepareAsync() => new Database(kind, connectionString).MigrateAsync();

    public override void Register(IServiceCollection services, TransactionalMailBuilder mail)
    {
        services.AddDbContext<CrashContext>(options =>
        {
            Use(options);
            options.AddInterceptors(_open);
        });
        mail.UseEntityFrameworkOutbox<CrashContext>();
    }

    /// <summary>Uses the database with the clock that is moved.</summary>
    protected abstract void Use(DbContextOptionsBuilder options);
}
