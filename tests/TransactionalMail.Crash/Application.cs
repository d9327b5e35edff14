using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Transports;

namespace TransactionalMail.Crash;

/// <summary>The application that is killed: the library as anybody registers it, with waits short enough for a test.</summary>
internal static class Application
{
    /// <summary>The shortest that a lease may last: so long nobody takes up what a dead process had in hand.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    /// <summary>Makes the application.</summary>
    /// <param name="workers">How many mails are sent at once. With one, a killed process leaves at most one mail that was sent and not marked: a worker waits for the mark before it takes the next mail.</param>
    /// <param name="transport">Makes the provider.</param>
    /// <param name="database">Sets the database.</param>
    /// <param name="configure">Sets options.</param>
    public static HostApplicationBuilder Create(
        int workers, Func<IServiceProvider, IMailTransport> transport, Action<DbContextOptionsBuilder> database, Action<TransactionalMailOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDbContext<CrashContext>(database);
        builder.Services.AddTransactionalMail(options =>
            {
                options.From = "Crash <no-reply@crash.example>";
                (options.Outbox.PollInterval, options.Outbox.LeaseDuration) = (TimeSpan.FromMilliseconds(50), Lease);
                configure?.Invoke(options);
            })
            .AddTransport("provider", transport)
            .LimitTransport("provider", static limits => (limits.CoolDown, limits.MaxCoolDown) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500)))
            .AddStream("default", stream => (stream.Queue.Workers, stream.Queue.Delay, stream.Queue.MaxDelay) = (workers, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)))
            .UseEntityFrameworkOutbox<CrashContext>();
        return builder;
    }

    /// <summary>Puts something around a service that is registered.</summary>
    public static void Decorate<T>(this IServiceCollection services, Func<T, T> decorate)
        where T : class
    {
        var inner = services.Last(static d => d.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(s => decorate((T)(inner.ImplementationFactory?.Invoke(s) ?? ActivatorUtilities.CreateInstance(s, inner.ImplementationType!))));
    }
}
