using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Events;

/// <summary>Resolves an application's handler anew for each event, so that it may take a <c>DbContext</c> and shares it with nobody.</summary>
internal sealed class ScopedEventHandler<T>(IServiceScopeFactory scopes) : IMailEventHandler where T : class, IMailEventHandler
{
    public async ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            await scope.ServiceProvider.GetRequiredService<T>().HandleAsync(mailEvent, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the handler's name, for logs.</summary>
    public override string ToString() => typeof(T).Name;
}
