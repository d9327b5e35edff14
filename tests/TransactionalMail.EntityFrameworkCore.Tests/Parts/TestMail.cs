using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Audit;
using TransactionalMail.Suppression;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>What an application keeps in its database, in a container of its own: one process among others.</summary>
internal sealed class TestMail : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestMail(ServiceProvider services) => _services = services;

    public ISuppressionList Suppressions => _services.GetRequiredService<ISuppressionList>();

    public ISuppressionAdmin SuppressionAdmin => _services.GetRequiredService<ISuppressionAdmin>();

    public IMailAudit Audit => _services.GetRequiredService<IMailAudit>();

    public IAuditAdmin AuditAdmin => _services.GetRequiredService<IAuditAdmin>();

    public static TestMail Create(TestDatabase database, Action<EntityFrameworkOutboxOptions>? configure = null) => Create<ShopContext>(database, configure);

    public static TestMail Create<TContext>(TestDatabase database, Action<EntityFrameworkOutboxOptions>? configure = null)
        where TContext : DbContext
    {
        var services = new ServiceCollection();
        services.AddDbContext<TContext>(options => database.Use(options));
        services.AddTransactionalMail().UseEntityFramework<TContext>(configure);
        services.UseFakeMail();
        return new TestMail(services.BuildServiceProvider(validateScopes: true));
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
