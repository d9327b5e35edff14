using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Suppression;

namespace TransactionalMail;

public static partial class EntityFrameworkMailBuilderExtensions
{
    /// <summary>Keeps everything in the database of a context: outbox, idempotency keys, suppression list and audit. PostgreSQL, or SQLite 3.35 and later.</summary>
    /// <typeparam name="TContext">A registered context whose model has <c>modelBuilder.AddTransactionalMail()</c>. It is made in scopes of its own, by its <see cref="IDbContextFactory{TContext}"/> where there is one.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options.</param>
    /// <remarks>It is <see cref="UseEntityFrameworkOutbox{TContext}"/>, <see cref="UseEntityFrameworkSuppressions{TContext}"/> and <see cref="UseEntityFrameworkAudit{TContext}"/> in one.</remarks>
    public static TransactionalMailBuilder UseEntityFramework<TContext>(this TransactionalMailBuilder builder, Action<EntityFrameworkOutboxOptions>? configure = null)
        where TContext : DbContext =>
        builder.UseEntityFrameworkOutbox<TContext>(configure).UseEntityFrameworkSuppressions<TContext>().UseEntityFrameworkAudit<TContext>();

    /// <summary>Keeps the suppression list in the database of a context: PostgreSQL, or SQLite 3.35 and later.</summary>
    /// <typeparam name="TContext">A registered context whose model has <c>modelBuilder.AddTransactionalMail()</c>. It is made in scopes of its own, by its <see cref="IDbContextFactory{TContext}"/> where there is one.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <remarks>
    /// It takes the place of the list in memory, and any number of processes may share it. A database that cannot be asked stops mail rather
    /// than sending it to somebody who must not get it. Addresses are stored in clear, since they must be found. A model without the tables is an error as the host starts.
    /// </remarks>
    public static TransactionalMailBuilder UseEntityFrameworkSuppressions<TContext>(this TransactionalMailBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        AddDatabase<TContext>(services);
        services.Replace(ServiceDescriptor.Singleton(static s => new EntityFrameworkSuppressionList(s.GetRequiredKeyedService<OutboxDatabase>(typeof(TContext)))));
        services.RemoveAll<ISuppressionList>().AddSingleton<ISuppressionList>(static s => s.GetRequiredService<EntityFrameworkSuppressionList>());
        return builder;
    }

    /// <summary>Keeps the audit in the database of a context: PostgreSQL, or SQLite 3.35 and later.</summary>
    /// <typeparam name="TContext">A registered context whose model has <c>modelBuilder.AddTransactionalMail()</c>. It is made in scopes of its own, by its <see cref="IDbContextFactory{TContext}"/> where there is one.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <remarks>
    /// <para>
    /// It takes the place of the audit in memory, and keeps every event. Any number of processes extend one chain, one at a time. A
    /// database that cannot be reached is tried again for a minute, then the events are given up, which is logged.
    /// </para>
    /// <para>
    /// What <see cref="TransactionalMail.Audit.IAuditAdmin.EraseAsync"/> takes out of the table may stay in the database's files until it cleans up (<c>VACUUM</c>), and
    /// stays in backups. Templates and tags are searched for without an index. A model without the tables is an error as the host starts.
    /// </para>
    /// </remarks>
    public static TransactionalMailBuilder UseEntityFrameworkAudit<TContext>(this TransactionalMailBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        AddDatabase<TContext>(services);
        services.Replace(ServiceDescriptor.Singleton(static s => new EntityFrameworkMailAudit(
            s.GetRequiredKeyedService<OutboxDatabase>(typeof(TContext)), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<EntityFrameworkMailAudit>>())));
        services.RemoveAll<IMailAudit>().AddSingleton<IMailAudit>(static s => s.GetRequiredService<EntityFrameworkMailAudit>());
        return builder;
    }

    /// <summary>Adds a context's database, one for all that is kept there, and looks at it as the host starts.</summary>
    private static void AddDatabase<TContext>(IServiceCollection services)
        where TContext : DbContext
    {
        services.AddOptions<EntityFrameworkOutboxOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EntityFrameworkOutboxOptions>, EntityFrameworkOutboxOptionsValidator>());
        services.TryAddKeyedSingleton(typeof(TContext), static (s, _) => new OutboxDatabase(
            s.GetRequiredService<IServiceScopeFactory>(), Create<TContext>, s.GetRequiredService<IOptions<EntityFrameworkOutboxOptions>>().Value.LockTimeout));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseCheck>());
    }
}
