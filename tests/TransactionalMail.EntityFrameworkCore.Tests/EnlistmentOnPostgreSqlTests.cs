using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

public sealed class EnlistmentOnPostgreSqlTests(PostgreSqlServer server) : EnlistmentTests
{
    private protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlDatabase.CreateAsync(server);
}
