using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Idempotency;
using TransactionalMail.Outbox;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>An outbox as an application registers it, in a container of its own: one process among others.</summary>
internal sealed class TestOutbox : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestOutbox(ServiceProvider services) => _services = services;

    public ITransactionalMailer Mailer => _services.GetRequiredService<ITransactionalMailer>();

    public IMailOutbox Outbox => _services.GetRequiredService<IMailOutbox>();

    public IOutboxAdmin Admin => _services.GetRequiredService<IOutboxAdmin>();

    public IIdempotencyLedger Ledger => _services.GetRequiredService<IIdempotencyLedger>();

    public static TestOutbox Create(TestDatabase database, TimeProvider? databaseClock = null, TimeProvider? machineClock = null, Action<EntityFrameworkOutboxOptions>? configure = null) =>
        Create<ShopContext>(database, databaseClock, machineClock, configure);

    public static TestOutbox Create<TContext>(TestDatabase database, TimeProvider? databaseClock = null, TimeProvider? machineClock = null, Action<EntityFrameworkOutboxOptions>? configure = null)
        where TContext : DbContext
    {
        var services = new ServiceCollection();
        if (machineClock is not null) services.AddSingleton(machineClock);
        services.AddDbContext<TContext>(options => database.Use(options, databaseClock));
        services.AddTransactionalMail(static o =>
        {
            o.From = "no-reply@acme.example";
            o.Outbox.EnqueueOnly = true;
        }).UseEntityFrameworkOutbox<TContext>(configure);
        services.UseFakeMail();
        return new TestOutbox(services.BuildServiceProvider(validateScopes: true));
    }

    /// <summary>Removes keys and sent mail whose time is over, as a host does every few minutes.</summary>
    public async ValueTask ForgetAsync(CancellationToken cancellationToken)
    {
        await _services.GetRequiredService<EntityFrameworkIdempotencyLedger>().ForgetExpiredAsync(cancellationToken);
        await _services.GetRequiredService<EntityFrameworkOutbox>().ForgetSentAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
