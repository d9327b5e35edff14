using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests;

public class RegistrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_the_place_of_the_outbox_in_memory_whatever_the_order()
    {
        await using var database = new SqliteDatabase();
        var services = new ServiceCollection();
        services.AddTransactionalMail().UseEntityFrameworkOutbox<ShopContext>();
        services.AddTransactionalMail();
        services.UseFakeMail();
        services.AddDbContext<ShopContext>(options => database.Use(options));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        provider.GetRequiredService<IMailOutbox>().Should().BeOfType<EntityFrameworkOutbox>().Which.IsDurable.Should().BeTrue();
        provider.GetRequiredService<IOutboxAdmin>().Should().BeSameAs(provider.GetRequiredService<IMailOutbox>());
    }

    [Fact]
    public async Task Contexts_may_come_from_a_factory()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        var services = new ServiceCollection();
        services.AddPooledDbContextFactory<ShopContext>(options => database.Use(options));
        services.AddTransactionalMail().UseEntityFrameworkOutbox<ShopContext>();
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await provider.GetRequiredService<IMailOutbox>().AddAsync([Some.Entry()], Ct);

        (await provider.GetRequiredService<IMailOutbox>().LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_model_without_the_tables_fails_as_the_host_starts()
    {
        await using var database = new SqliteDatabase();

        var starting = () => StartAsync(services => services.AddDbContext<ForgetfulContext>(options => database.Use(options)), static mail => mail.UseEntityFrameworkOutbox<ForgetfulContext>());

        await starting.Should().ThrowAsync<InvalidOperationException>().WithMessage("*ForgetfulContext*modelBuilder.AddTransactionalMail()*migration*");
    }

    [Fact]
    public async Task A_database_nobody_knows_fails_as_the_host_starts_and_names_those_that_work()
    {
        var starting = () => StartAsync(static services => services.AddDbContext<ShopContext>(static options => options.UseInMemoryDatabase("shop")), static mail => mail.UseEntityFrameworkOutbox<ShopContext>());

        await starting.Should().ThrowAsync<InvalidOperationException>().WithMessage("*InMemory*PostgreSQL*SQLite*");
    }

    [Fact]
    public async Task Protection_that_nobody_could_undo_fails_as_the_host_starts()
    {
        await using var database = new SqliteDatabase();

        var starting = () => StartAsync(
            services => services.AddDbContext<ShopContext>(options => database.Use(options)),
            static mail => mail.UseEntityFrameworkOutbox<ShopContext>(static o => o.Protect = static b => b));

        await starting.Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Unprotect*");
    }

    [Fact]
    public async Task A_mail_enqueued_before_a_restart_is_delivered_after_it()
    {
        await using var database = new SqliteDatabase();
        await database.CreateTablesAsync<ShopContext>();
        using (var before = await StartAsync(services => Use(services, database), static mail => mail.Services.PostConfigure<TransactionalMailOptions>(static o => o.Outbox.EnqueueOnly = true)))
        {
            await before.Services.GetRequiredService<ITransactionalMailer>().EnqueueAsync(
                new EmailMessage { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you.", Attachments = [new("a.txt", "hello"u8.ToArray())] }, Ct);
            await before.StopAsync(Ct);
        }

        FakeMailTransport? fake = null;
        using var after = await StartAsync(services => fake = Use(services, database));

        var sent = await fake!.WaitForAsync(cancellationToken: Ct);
        sent.Message.Subject.Should().Be("Your order");
        sent.Message.Attachments.Should().ContainSingle();
        await after.StopAsync(Ct);
        (await database.CountAsync("MailOutboxEntry")).Should().Be(0);
    }

    private static FakeMailTransport Use(IServiceCollection services, SqliteDatabase database)
    {
        services.AddDbContext<ShopContext>(options => database.Use(options));
        services.AddTransactionalMail(static o => o.From = "Acme <no-reply@acme.example>").UseEntityFrameworkOutbox<ShopContext>();
        return services.UseFakeMail();
    }

    private static async Task<IHost> StartAsync(Action<IServiceCollection> register, Action<TransactionalMailBuilder>? use = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        register(builder.Services);
        use?.Invoke(builder.Services.AddTransactionalMail(static o => o.From = "Acme <no-reply@acme.example>"));
        if (!builder.Services.Any(static s => s.ServiceType == typeof(FakeMailTransport))) builder.Services.UseFakeMail();
        var host = builder.Build();
        await host.StartAsync(Ct);
        return host;
    }

    private sealed class ForgetfulContext(DbContextOptions<ForgetfulContext> options) : DbContext(options);
}
