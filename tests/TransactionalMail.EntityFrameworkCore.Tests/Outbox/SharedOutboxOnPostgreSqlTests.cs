using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

public sealed class SharedOutboxOnPostgreSqlTests(PostgreSqlServer server) : SharedOutboxTests
{
    private protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlDatabase.CreateAsync(server);
}
