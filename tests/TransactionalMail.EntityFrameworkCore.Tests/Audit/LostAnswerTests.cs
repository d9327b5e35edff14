using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TransactionalMail.Audit;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Testing;

namespace TransactionalMail.EntityFrameworkCore.Tests.Audit;

/// <summary>Events are offered once, so that the audit itself tries again, and must know its own records when it finds them.</summary>
public class LostAnswerTests(PostgreSqlServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_whose_commit_was_not_answered_are_recorded_once_and_are_new()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await database.CreateTablesAsync<ShopContext>();
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var relay = new LossyRelay(settings.Port);
        settings.Port = relay.Port;
        settings.Pooling = false;
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(options => options.UseNpgsql(settings.ConnectionString));
        services.AddTransactionalMail().UseEntityFrameworkAudit<ShopContext>();
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        var audit = provider.GetRequiredService<IMailAudit>();
        MailEvent[] events = [Complained(), Complained(), Complained()];
        await audit.AppendAsync(events[..1], Ct);

        relay.LoseNextAnswer();
        var recorded = await audit.AppendAsync(events, Ct);

        relay.LostAnswers.Should().Be(1);
        recorded.Should().Equal(events[1..]);
        (await provider.GetRequiredService<IAuditAdmin>().VerifyAsync(cancellationToken: Ct)).Should().Match<AuditVerification>(static v => v.IsIntact && v.Seal.Number == 3);
        (await audit.AppendAsync(events, Ct)).Should().BeEmpty();
    }

    private static MailComplained Complained() => new() { MailId = MailId.New(DateTimeOffset.UtcNow), Recipient = "ada@example.com", OccurredAt = DateTimeOffset.UtcNow };
}
