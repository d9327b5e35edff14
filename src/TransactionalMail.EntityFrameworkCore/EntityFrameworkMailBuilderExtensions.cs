using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Idempotency;
using TransactionalMail.Outbox;

namespace TransactionalMail;

/// <summary>Keeps mail in a database of the application.</summary>
public static partial class EntityFrameworkMailBuilderExtensions
{
    /// <summary>Keeps the outbox and the idempotency keys in the database of a context: PostgreSQL, or SQLite 3.35 and later.</summary>
    /// <typeparam name="TContext">A registered context whose model has <c>modelBuilder.AddTransactionalMail()</c>. It is made in scopes of its own, by its <see cref="IDbContextFactory{TContext}"/> where there is one.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options.</param>
    /// <remarks>
    /// <para>
    /// It takes the place of the outbox in memory. Any number of processes may share one database; each mail is leased by one of them at
    /// a time, by the clock of the database. Concurrent <see cref="ITransactionalMailer.EnqueueAsync"/> share transactions.
    /// </para>
    /// <para>
    /// A model without the tables, or a database that is neither, is an error as the host starts. Durability is that of the database:
    /// leave <c>synchronous</c> of SQLite at FULL and <c>fsync</c> of PostgreSQL on. SQLite's write-ahead log
    /// (<c>PRAGMA journal_mode=WAL</c>) lets readers and the writer work at the same time and is recommended.
    /// </para>
    /// </remarks>
    public static TransactionalMailBuilder UseEntityFrameworkOutbox<TContext>(this TransactionalMailBuilder builder, Action<EntityFrameworkOutboxOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (configure is not null) services.Configure(configure);

        AddDatabase<TContext>(services);
        services.Replace(ServiceDescriptor.Singleton(static s => s.GetRequiredKeyedService<OutboxDatabase>(typeof(TContext))));
        services.TryAddSingleton(static s => new OutboxSeal(s.GetRequiredService<IOptions<EntityFrameworkOutboxOptions>>().Value));
        services.TryAddSingleton<EntityFrameworkOutbox>();
        services.TryAddSingleton<EntityFrameworkIdempotencyLedger>();
        services.RemoveAll<IMailOutbox>().AddSingleton<IMailOutbox>(static s => s.GetRequiredService<EntityFrameworkOutbox>());
        services.RemoveAll<IIdempotencyLedger>().AddSingleton<IIdempotencyLedger>(static s => s.GetRequiredService<EntityFrameworkIdempotencyLedger>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Housekeeping>());
        services.TryAddSingleton<CommitInterceptor>();
        services.ConfigureDbContext<TContext>(static (s, context) => context.AddInterceptors(s.GetRequiredService<CommitInterceptor>()));
        return builder;
    }

    private static DbContext Create<TContext>(IServiceProvider services)
        where TContext : DbContext =>
        services.GetService<IDbContextFactory<TContext>>()?.CreateDbContext() ?? services.GetRequiredService<TContext>();
}
