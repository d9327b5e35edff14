using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Outbox;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>An application that keeps orders and mail in one database, and delivers to the fake.</summary>
internal sealed class TestShop : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="database">The database, with its tables.</param>
    /// <param name="poll">How often the outbox is looked at without being told.</param>
    /// <param name="clock">The clock of this machine.</param>
    /// <param name="configure">Says more about contexts.</param>
    /// <param name="configureOutbox">Says more about the outbox.</param>
    public TestShop(TestDatabase database, TimeSpan poll, TimeProvider? clock = null, Action<DbContextOptionsBuilder>? configure = null, Action<EntityFrameworkOutboxOptions>? configureOutbox = null)
    {
        var services = new ServiceCollection();
        if (clock is not null) services.AddSingleton(clock);
        services.AddDbContext<ShopContext>(options =>
        {
            database.Use(options);
            configure?.Invoke(options);
        });
        services.AddTransactionalMail(o =>
        {
            o.From = "Acme <no-reply@acme.example>";
            o.Outbox.PollInterval = poll;
        }).UseEntityFrameworkOutbox<ShopContext>(configureOutbox);
        Fake = services.UseFakeMail();
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public FakeMailTransport Fake { get; }

    public ITransactionalMailer Mailer => _services.GetRequiredService<ITransactionalMailer>();

    public IOutboxAdmin Outbox => _services.GetRequiredService<IOutboxAdmin>();

    public IOutboxSignal Signal => _services.GetRequiredService<IOutboxSignal>();

    /// <summary>Does what a request would, with a context from a scope.</summary>
    public async Task<T> InScopeAsync<T>(Func<ShopContext, Task<T>> act)
    {
        await using var scope = _services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<ShopContext>());
    }

    /// <summary>Returns what has arrived for a mail, once it has.</summary>
    public Task<SentMail> ArrivedAsync(MailId id) => Fake.WaitForAsync(mail => mail.Id == id, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
