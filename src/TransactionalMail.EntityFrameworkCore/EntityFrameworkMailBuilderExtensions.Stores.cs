using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Suppression;

namespace TransactionalMail;

public static partial class EntityFrameworkMailBuilderExtensions
{
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
