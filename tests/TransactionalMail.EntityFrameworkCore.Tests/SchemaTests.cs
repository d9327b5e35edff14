using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>What a host says, as it starts, of tables that another release made, or nobody.</summary>
public abstract class SchemaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ALTER TABLE \"MailOutboxEntry\" DROP COLUMN \"LastFailure\"")]
    [InlineData("ALTER TABLE \"MailIdempotencyKey\" DROP COLUMN \"Receipt\"")]
    [InlineData("DROP TABLE \"MailOutboxContent\"")]
    [InlineData("DROP TABLE \"MailSuppression\"")]
    [InlineData("ALTER TABLE \"MailAuditRecord\" DROP COLUMN \"Salt\"")]
    public async Task An_older_schema_is_refused_at_start_O16(string change)
    {
        await using var database = await CreateAsync();
        await database.CreateTablesAsync<ShopContext>();
        await database.ExecuteAsync(change);

        var starting = async () =>
        {
            using var host = Build(database);
            await host.StartAsync(Ct);
        };

        (await starting.Should().ThrowAsync<MailDatabaseException>().WithMessage("*migration*")).Which.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task A_newer_schema_does_as_long_as_it_has_what_this_release_needs_O16()
    {
        await using var database = await CreateAsync();
        await database.CreateTablesAsync<ShopContext>();
        await database.ExecuteAsync("ALTER TABLE \"MailOutboxEntry\" ADD COLUMN \"Priority\" integer NOT NULL DEFAULT 0");

        using var host = Build(database);
        await host.StartAsync(Ct);

        var id = await host.Services.GetRequiredService<ITransactionalMailer>().EnqueueAsync(new EmailMessage { To = ["ada@example.com"], Subject = "Your order", TextBody = "Thank you." }, Ct);
        await host.Services.GetRequiredService<FakeMailTransport>().WaitForAsync(sent => sent.Id == id, TimeSpan.FromSeconds(20), Ct);
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Tables_may_be_made_by_what_starts_with_the_host()
    {
        await using var database = await CreateAsync();
        using var host = Build(database, services => services.AddHostedService(_ => new Migrating(database)));

        await host.StartAsync(Ct);

        await host.StopAsync(Ct);
    }

    private protected abstract Task<TestDatabase> CreateAsync();

    private static IHost Build(TestDatabase database, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDbContext<ShopContext>(options => database.Use(options));
        builder.Services.AddTransactionalMail(static o => o.From = "Acme <no-reply@acme.example>").UseEntityFramework<ShopContext>();
        builder.Services.UseFakeMail();
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class Migrating(TestDatabase database) : BackgroundService
    {
        public override async Task StartAsync(CancellationToken cancellationToken) => await database.CreateTablesAsync<ShopContext>();

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
